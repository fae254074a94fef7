package dev.lockstep.ingest.amqp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** What a partition of an event hub keeps: events by number, the oldest of which may expire. */
final class KeptEvents {
  private final List<Kept> events = new ArrayList<>();
  private long first;

  @SuppressWarnings("ArrayRecordComponent") // events are never compared
  record Kept(long number, long enqueuedAt, byte[] body) {}

  synchronized void add(byte[] body, long enqueuedAt) {
    events.add(new Kept(first + events.size(), enqueuedAt, body));
  }

  synchronized void addAndExpire(int count, long enqueuedAt) {
    for (int i = 0; i < count; i++) {
      add(new byte[] {'{', '}'}, enqueuedAt);
    }
    expire(end());
  }

  synchronized void clear() {
    events.clear();
    first = 0;
  }

  synchronized void expire(long number) {
    while (!events.isEmpty() && first < number) {
      events.remove(0);
      first++;
    }
  }

  synchronized @Nullable Kept get(long number) {
    int index = (int) (number - first);
    return index >= 0 && index < events.size() ? events.get(index) : null;
  }

  synchronized long first() {
    return first;
  }

  synchronized long end() {
    return first + events.size();
  }

  synchronized long lastAt() {
    return events.isEmpty() ? 0 : events.get(events.size() - 1).enqueuedAt();
  }

  synchronized List<Kept> all() {
    return List.copyOf(events);
  }

  /** Returns them as records of a topic. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic, int partition) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (Kept each : all()) {
      records.add(
          new ConsumerRecord<>(
              topic,
              partition,
              each.number(),
              each.enqueuedAt(),
              TimestampType.LOG_APPEND_TIME,
              -1,
              each.body().length,
              new byte[0],
              each.body(),
              new RecordHeaders(),
              Optional.empty()));
    }
    return records;
  }
}
