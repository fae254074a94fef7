package dev.lockstep.ingest.kafka;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real producer that stands still before a commit, everything sent, until it is let go. */
final class HangingProducer extends KafkaProducer<byte[], byte[]> {
  private final Hook hook;

  HangingProducer(Map<String, Object> settings, Hook hook) {
    super(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.hook = hook;
  }

  /** Stops commits, from a number on. */
  static final class Hook {
    private final CountDownLatch commitsToGo;
    final CountDownLatch hanging = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);

    Hook(int commitsBefore) {
      this.commitsToGo = new CountDownLatch(commitsBefore);
    }
  }

  @Override
  public void commitTransaction() {
    if (hook.commitsToGo.getCount() > 0) {
      hook.commitsToGo.countDown();
    } else {
      flush();
      hook.hanging.countDown();
      try {
        hook.letGo.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    super.commitTransaction();
  }
}
