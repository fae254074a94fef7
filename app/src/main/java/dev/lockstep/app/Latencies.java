package dev.lockstep.app;

import dev.lockstep.detections.Tally;
import io.micrometer.core.instrument.MeterRegistry;
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
        .computeIfAbsent(rule, word -> timer("lockstep.detection.latency", word))
        .record(Duration.ofMillis(millis));
  }

  private Timer timer(String name, String rule) {
    return Timer.builder(name).tag("rule", rule).serviceLevelObjectives(BUCKETS).register(registry);
  }
}
