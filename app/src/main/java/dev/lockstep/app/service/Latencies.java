package dev.lockstep.app.service;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Histogram;

/**
 * Recorder of detection and delivery latencies, in histograms by rule for Prometheus. Both are
 * measured from the arrival of an event at the hub.
 */
public final class Latencies implements DetectionCounters.Latency {
  private static final double MILLIS = 1_000.0;

  /** Upper bounds of the latency buckets in seconds, up to a day; an unbounded bucket follows. */
  private static final double[] BUCKETS = {
    0.25, 0.5, 1, 2, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400
  };

  // Micrometer's timer sums nanoseconds in a whole number, which some hundred findings of an old
  // capture overflow, and its summaries know whole numbers only.
  private final Histogram detected =
      Histogram.builder()
          .name("lockstep_detection_latency_seconds")
          .help(
              "Time from the arrival of an event at the hub until the event causes a revision of a finding.")
          .labelNames("rule")
          .classicOnly()
          .withoutExemplars()
          .classicUpperBounds(BUCKETS)
          .build();
  private final Histogram delivered =
      Histogram.builder()
          .name("lockstep_delivery_latency_seconds")
          .help(
              "Time from the arrival of an event at the hub until the sink has taken the row of the detection that the event caused or changed.")
          .labelNames("rule", "sink")
          .classicOnly()
          .withoutExemplars()
          .classicUpperBounds(BUCKETS)
          .build();

  /**
   * Registers the histograms of detection latency and of delivery latency in a Prometheus registry.
   */
  public void showIn(PrometheusMeterRegistry shown) {
    shown.getPrometheusRegistry().register(detected);
    shown.getPrometheusRegistry().register(delivered);
  }

  @Override
  public void took(String rule, long millis) {
    add(detected, millis, rule);
  }

  /** Returns a receiver of the delivery latencies of a sink. */
  ForwarderCounts.Latency to(String sink) {
    return (rule, millis) -> add(delivered, millis, rule, sink);
  }

  private static void add(Histogram histogram, long millis, String... labels) {
    // a negative latency comes from a wrong clock
    if (millis >= 0) {
      histogram.labelValues(labels).observe(millis / MILLIS);
    }
  }
}
