package dev.lockstep.app.service;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.List;

/**
 * Recorder of detection and delivery latencies, in histograms by rule for Prometheus. Both are
 * measured from the arrival of an event at the hub.
 */
public final class Latencies implements DetectionCounters.Latency {
  private static final List<Duration> BUCKETS =
      List.of(
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
          Duration.ofDays(1));

  private final SecondsHistogram detected =
      new SecondsHistogram(
          "lockstep_detection_latency_seconds",
          "Time from the arrival of an event at the hub to the revision of a finding that it made.",
          BUCKETS);
  private final SecondsHistogram delivered =
      new SecondsHistogram(
          "lockstep_delivery_latency_seconds",
          "Time from the arrival of an event at the hub until the sink has taken the row.",
          BUCKETS);

  /**
   * Registers the histograms of detection latency and of delivery latency in a Prometheus registry.
   */
  public void showIn(PrometheusMeterRegistry shown) {
    shown.getPrometheusRegistry().register(detected);
    shown.getPrometheusRegistry().register(delivered);
  }

  @Override
  public void took(String rule, long millis) {
    detected.add(Labels.of("rule", rule), Duration.ofMillis(millis));
  }

  /** Returns a receiver of the delivery latencies of a sink. */
  ForwarderCounts.Latency to(String sink) {
    return (rule, millis) ->
        delivered.add(Labels.of("rule", rule, "sink", sink), Duration.ofMillis(millis));
  }
}
