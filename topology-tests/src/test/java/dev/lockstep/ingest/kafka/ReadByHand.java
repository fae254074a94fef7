package dev.lockstep.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What the messages of a source give, read one after another without any of the ingest's machinery.
 *
 * @param activities of what is for the rules
 * @param rejected letters of what could not be read
 * @param quarantined letters of what is out of time
 */
public record ReadByHand(
    List<Activity> activities, List<DeadLetter> rejected, List<DeadLetter> quarantined) {
  /** Arrival is what the header says, if there is one. */
  public static final Function<ConsumerRecord<byte[], byte[]>, @Nullable Long> BY_HEADER =
      message -> {
        Header header = message.headers().lastHeader("lockstep-arrival");
        return header == null
            ? null
            : Long.valueOf(new String(header.value(), StandardCharsets.US_ASCII));
      };

  /** Arrival is the broker's time. */
  public static final Function<ConsumerRecord<byte[], byte[]>, @Nullable Long> BY_TIMESTAMP =
      ConsumerRecord::timestamp;

  /** Reads messages of the source of that name. */
  public static ReadByHand of(
      String source,
      List<ConsumerRecord<byte[], byte[]>> messages,
      Function<ConsumerRecord<byte[], byte[]>, @Nullable Long> arrival) {
    ReadByHand read = new ReadByHand(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    MessageReader reader = new MessageReader(Limits.defaults());
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      Where where =
          new Where(source, message.topic(), null, message.partition(), message.offset(), 0);
      reader.read(message.value(), where, arrival.apply(message), read::take);
    }
    return read;
  }

  private void take(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      activities.add(mapped.activity());
    } else if (outcome instanceof Outcome.Rejected refused) {
      rejected.add(refused.kept());
    } else if (outcome instanceof Outcome.Quarantined kept) {
      quarantined.add(kept.letter());
    }
  }

  /** Fails unless a prefix's topics hold all of this, once, and nothing else. */
  public void assertWrittenOnce(Onlooker onlooker, String topicPrefix) {
    assertThat(entries(onlooker.activities(topicPrefix))).isEqualTo(entries());
    assertThat(letters(onlooker.letters(topicPrefix + "dead-letters")))
        .isEqualTo(letters(rejected));
    assertThat(letters(onlooker.letters(topicPrefix + "quarantine")))
        .isEqualTo(letters(quarantined));
  }

  /** Returns how many records left something. */
  public int records() {
    return activities.size() + rejected.size() + quarantined.size();
  }

  /** Returns a line for each activity, in order. */
  public List<String> entries() {
    return entries(activities);
  }

  /** Returns a line for each activity: event, and where it lies; in order. */
  public static List<String> entries(List<Activity> activities) {
    return activities.stream()
        .map(
            activity ->
                activity.getCategory()
                    + " "
                    + activity.getEventId()
                    + " "
                    + place(activity.getWhere()))
        .sorted()
        .toList();
  }

  /** Returns a line for each letter: reason, where it lies, and its bytes; in order. */
  public static List<String> letters(List<DeadLetter> letters) {
    return letters.stream()
        .map(
            letter ->
                letter.getReason()
                    + " "
                    + place(letter.getWhere())
                    + " "
                    + base64(letter.getBody()))
        .sorted()
        .toList();
  }

  private static String place(Where where) {
    return "%s/%s/%d/%d/%d"
        .formatted(
            where.getSource(),
            where.getHub(),
            where.getPartition(),
            where.getPosition(),
            where.getIndex());
  }

  private static String base64(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return Base64.getEncoder().encodeToString(copy);
  }
}
