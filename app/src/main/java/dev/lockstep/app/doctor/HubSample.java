package dev.lockstep.app.doctor;

import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Where;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Sample of the newest messages of the sources that are read by Kafka's protocol, with counts by
 * category. Several threads may use it.
 */
public final class HubSample {
  private static final String GATEWAY = "GatewayLogs";

  private final MessageReader reader;
  private final Map<ActivityKind, Long> kinds = new EnumMap<>(ActivityKind.class);
  private final Map<String, Long> categories = new TreeMap<>();
  private final Map<String, Long> rejected = new TreeMap<>();
  private final Set<String> linked = new HashSet<>();
  private final Set<String> unlinkedCalls = new HashSet<>();
  private final Set<String> calls = new HashSet<>();
  private final Set<String> unread;
  private long messages;
  private long records;

  /**
   * Creates a sample that has no messages yet.
   *
   * @param sources names of all configured sources
   */
  public HubSample(Limits limits, Collection<String> sources) {
    this.reader = new MessageReader(limits);
    this.unread = new TreeSet<>(sources);
  }

  synchronized void add(String source, ConsumerRecord<byte[], byte[]> message) {
    byte[] body = message.value();
    if (body == null) {
      return;
    }
    messages++;
    Where where =
        Where.newBuilder()
            .setSource(source)
            .setHub(message.topic())
            .setPartition(message.partition())
            .setPosition(message.offset())
            .build();
    records += reader.read(body, where, message.timestamp(), this::take);
  }

  private void take(Outcome outcome) {
    if (outcome instanceof Outcome.Rejected refused) {
      rejected.merge(refused.letter().getReason(), 1L, Long::sum);
    } else if (outcome instanceof Outcome.Mapped mapped) {
      take(mapped.activity());
    }
  }

  private void take(Activity activity) {
    kinds.merge(activity.getKind(), 1L, Long::sum);
    categories.merge(activity.getCategory(), 1L, Long::sum);
    String id = activity.getEventId();
    if (activity.getKind() == ActivityKind.IDENTITY_LINK) {
      linked.add(id);
    } else if (activity.getKind() == ActivityKind.API_CALL
        && activity.getCategory().equals(GATEWAY)) {
      calls.add(id);
      if (activity.getToken() == null) {
        unlinkedCalls.add(id);
      }
    }
  }

  synchronized void end(String source) {
    unread.remove(source);
  }

  /**
   * Returns the names of the sources whose newest messages were not all read. If there are any, a
   * missing category proves nothing.
   */
  synchronized List<String> unread() {
    return List.copyOf(unread);
  }

  synchronized long messages() {
    return messages;
  }

  synchronized long records() {
    return records;
  }

  synchronized Map<String, Long> rejectedByReason() {
    return new TreeMap<>(rejected);
  }

  synchronized long of(ActivityKind kind) {
    return kinds.getOrDefault(kind, 0L);
  }

  synchronized long of(String category) {
    return categories.getOrDefault(category, 0L);
  }

  synchronized long calls() {
    return calls.size();
  }

  /**
   * Returns how many gateway calls in the sample have known token claims. The claims of a call are
   * in its own record, or in an identity link, which is a separate message.
   */
  synchronized long linkedCalls() {
    return calls.size() - unlinkedCalls.stream().filter(id -> !linked.contains(id)).count();
  }
}
