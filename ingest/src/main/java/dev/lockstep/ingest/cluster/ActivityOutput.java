package dev.lockstep.ingest.cluster;

import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Bundle;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.WatermarkRecord;
import dev.lockstep.schemas.Where;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;

/**
 * Packer of a transaction's activities and watermarks into bundles, which chooses the partition of
 * each activity. A bundle is for one partition of the topic, and activities of one partition keep
 * their order. Rejected and quarantined records are passed on one by one, as dead letters that
 * {@link DeadLetterRouter} makes.
 *
 * <p>Not safe for use by several threads.
 */
public final class ActivityOutput {
  private static final int LEAST_BYTES = 10_000;

  private final KafkaTarget target;
  private final SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
  private final DeadLetterRouter letters;
  private final List<Bundle> bundles = new ArrayList<>();
  private int mostBytes;
  private Consumer<ProducerRecord<byte[], byte[]>> sink = record -> {};

  public ActivityOutput(KafkaTarget target) {
    this.target = target;
    this.letters = new DeadLetterRouter(target);
    this.mostBytes = Math.min(Bundle.MOST_BYTES, target.requestBytes() / 2);
  }

  /**
   * Begins the output of a transaction, and drops what a failed transaction left in the bundles.
   *
   * @param activityPartitions number of partitions of the activity topic
   * @param sink receiver of the Kafka records, some of which come only when {@link #end} is called
   */
  public void begin(int activityPartitions, Consumer<ProducerRecord<byte[], byte[]>> sink) {
    this.sink = sink;
    if (bundles.size() == activityPartitions) {
      bundles.forEach(Bundle::clear);
      return;
    }
    bundles.clear();
    for (int i = 0; i < activityPartitions; i++) {
      bundles.add(new Bundle(mostBytes));
    }
  }

  /**
   * Ends the output of a transaction, and passes the remaining bundles to the consumer that was
   * given to {@link #begin}.
   */
  public void end() {
    for (int i = 0; i < bundles.size(); i++) {
      if (bundles.get(i).size() > 0) {
        pass(i, bundles.get(i).drain());
      }
    }
  }

  int mostBytes() {
    return mostBytes;
  }

  /**
   * Halves the largest size of a bundle, but not below a lower limit, and returns the new size. The
   * new size applies from the next transaction on.
   */
  int halve() {
    mostBytes = Math.min(mostBytes, Math.max(LEAST_BYTES, mostBytes / 2));
    bundles.clear();
    return mostBytes;
  }

  /**
   * Adds the result of reading one record to the output, unless the record was ignored. An activity
   * goes into a bundle of its partition. {@link DeadLetterRouter} says what becomes of any other.
   */
  public void take(Outcome outcome) {
    if (outcome instanceof Outcome.Mapped mapped) {
      take(mapped.activity());
    } else {
      ProducerRecord<byte[], byte[]> letter = letters.of(outcome);
      if (letter != null) {
        sink.accept(letter);
      }
    }
  }

  private void take(Activity activity) {
    int hash =
        Utils.toPositive(
            Utils.murmur2(
                key(activity).getBytes(StandardCharsets.UTF_8))); // as Kafka's producer does
    add(hash % bundles.size(), activities.encode(activity));
  }

  private void add(int partition, byte[] encoded) {
    byte[] full = bundles.get(partition).add(encoded);
    if (full != null) {
      pass(partition, full);
    }
  }

  @SuppressWarnings("NullAway") // a record may have no key
  private void pass(int partition, byte[] bundle) {
    sink.accept(new ProducerRecord<>(target.activityTopic(), partition, null, bundle));
  }

  /**
   * Returns the key that chooses an activity's partition. It is the id of an alert, the tracking
   * reference of a Front Door request, or otherwise the principal's id. Without a principal it is
   * the event's id, which for a call or link is the id that joins them.
   */
  public static String key(Activity activity) {
    if (activity.getAlert() != null) {
      return activity.getAlert().getId();
    }
    if (activity.getKind() == ActivityKind.EDGE_REQUEST
        && activity.getTrackingReference() != null) {
      return activity.getTrackingReference();
    }
    Principal principal = activity.getPrincipal();
    return principal == null ? activity.getEventId() : principal.getId();
  }

  /**
   * Adds a source partition's watermark to every partition of the activity topic.
   *
   * @param lowAt partition watermark
   * @param graceAt arrival time in milliseconds since 1970; any wait of a rule or call is over if
   *     it ends at or before this time
   */
  void watermark(Where where, long lowAt, long graceAt, boolean idle) {
    byte[] encoded =
        activities.encode(new WatermarkRecord(where, lowAt, graceAt, idle).toActivity());
    for (int i = 0; i < bundles.size(); i++) {
      add(i, encoded);
    }
  }

  /** Adds the dead letter of a rejected record to the output. */
  public void letter(DeadLetter letter) {
    sink.accept(letters.rejected(letter));
  }
}
