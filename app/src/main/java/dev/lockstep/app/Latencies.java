package dev.lockstep.app;

import dev.lockstep.detections.Tally;
import dev.lockstep.sentinel.ForwarderCounts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long things take from the arrival at the hub, as histograms by rule. */
final class Latencies implements Tally.Latency {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(15),
    Duration.ofHours(1),
    Duration.ofHours(6),
    Duration.ofDays(1)
  };

  private final CompositeMeterRegistry registry = new CompositeMeterRegistry();
  private final Map<String, Timer> detected = new ConcurrentHashMap<>();

  /** Shows what is taken from now on in a registry. */
  void showIn(MeterRegistry shown) {
    registry.add(shown);
  }

  @Override
  public void took(String rule, long millis) {
    detected
        .computeIfAbsent(rule, word -> timer("lockstep.detection.latency", Tags.of("rule", word)))
        .record(Duration.ofMillis(millis));
  }

  /** Returns what takes how long rows take until a sink has them. */
  ForwarderCounts.Latency to(String sink) {
    Map<String, Timer> delivered = new ConcurrentHashMap<>();
    return (rule, millis) ->
        delivered
            .computeIfAbsent(
                rule,
                word -> timer("lockstep.delivery.latency", Tags.of("sink", sink, "rule", word)))
            .record(Duration.ofMillis(millis));
  }

  private Timer timer(String name, Tags tags) {
    return Timer.builder(name).tags(tags).serviceLevelObjectives(BUCKETS).register(registry);
  }
}
