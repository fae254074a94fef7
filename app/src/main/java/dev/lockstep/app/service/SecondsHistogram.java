package dev.lockstep.app.service;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Durations by label, counted by buckets and summed in seconds; safe for use by several threads.
 *
 * <p>A timer of Micrometer sums nanoseconds in a whole number, for which some hundred findings of a
 * capture that is years old are too many; and its summaries know whole numbers only.
 */
final class SecondsHistogram implements Collector {
  private static final double MILLIS = 1_000.0;

  private final String name;
  private final List<Duration> buckets;
  private final Map<Labels, Counts> counts = new ConcurrentHashMap<>();

  /**
   * Creates one without durations.
   *
   * @param buckets the longest that each takes, ascending; one without bound follows
   */
  SecondsHistogram(String name, List<Duration> buckets) {
    this.name = name;
    this.buckets = buckets;
  }

  /** Takes a duration; one below zero tells of a clock, and is left out. */
  void add(Labels labels, Duration duration) {
    if (!duration.isNegative()) {
      counts.computeIfAbsent(labels, fresh -> new Counts()).add(duration);
    }
  }

  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder snapshot = HistogramSnapshot.builder().name(name);
    counts.forEach((labels, each) -> snapshot.dataPoint(each.point(labels)));
    return snapshot.build();
  }

  private final class Counts {
    private final List<LongAdder> byBucket =
        Stream.generate(LongAdder::new).limit(buckets.size() + 1L).toList();
    private final DoubleAdder seconds = new DoubleAdder();

    void add(Duration duration) {
      int bucket = 0;
      while (bucket < buckets.size() && duration.compareTo(buckets.get(bucket)) > 0) {
        bucket++;
      }
      byBucket.get(bucket).increment();
      seconds.add(duration.toMillis() / MILLIS);
    }

    HistogramSnapshot.HistogramDataPointSnapshot point(Labels labels) {
      ClassicHistogramBuckets.Builder counted = ClassicHistogramBuckets.builder();
      for (int i = 0; i < byBucket.size(); i++) {
        double longest =
            i < buckets.size() ? buckets.get(i).toMillis() / MILLIS : Double.POSITIVE_INFINITY;
        counted.bucket(longest, byBucket.get(i).sum());
      }
      return HistogramSnapshot.HistogramDataPointSnapshot.builder()
          .labels(labels)
          .classicHistogramBuckets(counted.build())
          .sum(seconds.sum())
          .build();
    }
  }
}
