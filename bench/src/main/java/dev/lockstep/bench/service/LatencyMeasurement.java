package dev.lockstep.bench.service;

import dev.lockstep.capture.load.ServiceLoad;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Measurement of the time from a message in the hub to its finding in {@code lockstep.detections},
 * while the service reads a steady load. Each probe is two sign-ins of a user in two distant
 * places.
 */
final class LatencyMeasurement {
  private static final Duration LENGTH = Duration.ofSeconds(60);
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final int PROBES_A_SECOND = 5;
  private static final int STEPS_A_SECOND = 50;

  /** Function that starts a service on a topic. */
  interface Starting {
    Child start(String name, boolean edge) throws IOException;
  }

  private LatencyMeasurement() {}

  static void measure(LoadClient cluster, Starting starting, double recordsPerSecond)
      throws IOException, InterruptedException, ExecutionException {
    String name = "latency-" + (long) recordsPerSecond;
    cluster.create(name);
    ServiceLoad load = new ServiceLoad(Instant.now(), 100_000_000, 11);
    SingleObject<Detection> format = new SingleObject<>(Detection.getClassSchema());
    Map<String, Long> sent = new HashMap<>();
    List<Double> seconds = new ArrayList<>();
    try (Child service = starting.start(name, false);
        KafkaConsumer<byte[], byte[]> consumer = cluster.reader()) {
      cluster.send(name, load, 100);
      cluster.awaitDrained(name + ".detect", Duration.ofMinutes(2));
      consumer.assign(LoadClient.partitions(consumer, name + ".detections"));
      long began = System.nanoTime();
      long measured = began + WARM_UP.toNanos();
      long ends = measured + LENGTH.toNanos();
      double messagesPerStep = recordsPerSecond / ServiceLoad.RECORDS / STEPS_A_SECOND;
      double due = 0;
      for (long step = 0; System.nanoTime() < ends + Duration.ofSeconds(10).toNanos(); step++) {
        if (System.nanoTime() < ends) {
          for (due += messagesPerStep; due >= 1; due--) {
            cluster.send(name, load.next());
          }
          if (step % (STEPS_A_SECOND / PROBES_A_SECOND) == 0) {
            UUID person = new UUID(0x9B0BE000L << 32 | step, 0x8000_0000_0000_0000L | step);
            cluster.send(name, load.travel(person, Instant.now().minusSeconds(2)));
            sent.put(person.toString(), System.nanoTime());
          }
        }
        long next = began + (step + 1) * Duration.ofSeconds(1).toNanos() / STEPS_A_SECOND;
        do {
          long rest = Math.max(0, next - System.nanoTime());
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofNanos(rest))) {
            Detection found = format.decode(record.value());
            Long at =
                found.getPrincipal() == null ? null : sent.remove(found.getPrincipal().getId());
            if (at != null && at >= measured) {
              seconds.add((System.nanoTime() - at) / 1e9);
            }
          }
        } while (System.nanoTime() < next);
      }
      service.processorTime();
    } finally {
      cluster.delete(cluster.topics(name));
    }
    seconds.sort(null);
    if (seconds.isEmpty()) {
      ServiceBench.print("from hub to detection: none of %d probes came", sent.size());
      return;
    }
    ServiceBench.print(
        "from hub to detection at %.0f records/s: p50 %.2f s, p99 %.2f s, most %.2f s of %d probes;"
            + " %d never came",
        recordsPerSecond,
        seconds.get(seconds.size() / 2),
        seconds.get(seconds.size() * 99 / 100),
        seconds.get(seconds.size() - 1),
        seconds.size(),
        sent.size());
  }
}
