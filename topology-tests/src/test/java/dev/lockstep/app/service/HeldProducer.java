package dev.lockstep.app.service;

import dev.lockstep.schemas.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A producer that stops in the middle, goes on slowly when told to, and then at full speed. */
final class HeldProducer extends KafkaProducer<byte[], byte[]> {
  private static final long TRICKLE_MILLIS = 10;
  private static final long PATIENCE_SECONDS = 120;
  private static final long LATER_MILLIS = Duration.ofMinutes(61).toMillis();
  private static final byte[] IGNORED = bytes("{\"category\":\"KubeAudit\"}");

  private final int holdAt;
  private final AtomicInteger sent = new AtomicInteger();
  private final CountDownLatch middle = new CountDownLatch(1);
  private final CountDownLatch trickling = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private long lastAt;

  private HeldProducer(Map<String, Object> settings, int holdAt) {
    super(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.holdAt = holdAt;
  }

  static HeldProducer to(String bootstrapServers, int holdAt) {
    return new HeldProducer(
        Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 0), holdAt);
  }

  @Override
  public Future<RecordMetadata> send(
      ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
    int number = sent.getAndIncrement();
    try {
      if (number == holdAt) {
        flush();
        middle.countDown();
        trickling.await();
      }
      if (number > holdAt) {
        boolean unused = released.await(TRICKLE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    Header arrival = record.headers().lastHeader(HeaderNames.ARRIVAL);
    if (arrival != null) {
      lastAt = Long.parseLong(new String(arrival.value(), StandardCharsets.UTF_8));
    }
    return super.send(record, callback);
  }

  /** Sends a record to each partition that is ignored and arrives an hour after the last one. */
  void sendLater(String topic) {
    String at = Long.toString(lastAt + LATER_MILLIS);
    for (PartitionInfo each : partitionsFor(topic)) {
      var record = new ProducerRecord<byte[], byte[]>(topic, each.partition(), null, IGNORED);
      record.headers().add(HeaderNames.ARRIVAL, bytes(at));
      Future<RecordMetadata> unused = send(record);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  void awaitMiddle() throws InterruptedException {
    if (!middle.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(sent + " messages sent, and never " + holdAt);
    }
  }

  void trickle() {
    trickling.countDown();
  }

  void release() {
    trickling.countDown();
    released.countDown();
  }
}
