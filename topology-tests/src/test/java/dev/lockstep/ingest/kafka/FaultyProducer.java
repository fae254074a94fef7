package dev.lockstep.ingest.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real producer whose commits fail now and then: before, after, or in the middle of it all. */
final class FaultyProducer extends KafkaProducer<byte[], byte[]> {
  private final Faults faults;

  FaultyProducer(Map<String, Object> settings, Faults faults) {
    super(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.faults = faults;
  }

  /** Which commits fail, and how many have. Used by one thread. */
  static final class Faults {
    private final SplittableRandom random;
    private final int most;
    final AtomicInteger before = new AtomicInteger();
    final AtomicInteger after = new AtomicInteger();
    final AtomicInteger killed = new AtomicInteger();

    Faults(long seed, int most) {
      this.random = new SplittableRandom(seed);
      this.most = most;
    }

    int total() {
      return before.get() + after.get() + killed.get();
    }

    private AtomicInteger next() {
      if (total() >= most || random.nextInt(4) != 0) {
        return new AtomicInteger();
      }
      AtomicInteger fault =
          switch (random.nextInt(3)) {
            case 0 -> before;
            case 1 -> after;
            default -> killed;
          };
      fault.incrementAndGet();
      return fault;
    }
  }

  @Override
  public void commitTransaction() {
    AtomicInteger fault = faults.next();
    if (fault == faults.before) {
      throw new KafkaException("as the test asked: nothing is committed");
    } else if (fault == faults.killed) {
      flush();
      close(Duration.ZERO);
      throw new KafkaException("as the test asked: sent, and dead before the commit");
    }
    super.commitTransaction();
    if (fault == faults.after) {
      throw new TimeoutException("as the test asked: committed, and nobody knows");
    }
  }
}
