package dev.lockstep.app.service;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A producer that stops in the middle, goes on slowly when told to, and then at full speed. */
final class HeldProducer extends KafkaProducer<byte[], byte[]> {
  private static final long TRICKLE_MILLIS = 10;
  private static final long TIMEOUT_SECONDS = 120;

  private final int holdAt;
  private final AtomicInteger sent = new AtomicInteger();
  private final CountDownLatch middle = new CountDownLatch(1);
  private final CountDownLatch trickling = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

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
    return super.send(record, callback);
  }

  void awaitMiddle() throws InterruptedException {
    if (!middle.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
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
