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
 * Histogram of durations by label, with a sum in seconds. It is safe for use by several threads.
 *
 * <p>Micrometer's timer sums nanoseconds in a whole number, which some hundred findings of an old
 * capture overflow, and its summaries know whole numbers only.
 */
final class SecondsHistogram implements Collector {
  private static final double MILLIS = 1_000.0;

  private final String name;
  private final String help;
  private final List<Duration> buckets;
  private final Map<Labels, Counts> counts = new ConcurrentHashMap<>();

  /**
   * Creates an empty histogram.
   *
   * @param help description for people
   * @param buckets upper bounds of the buckets, ascending; an unbounded bucket follows
   */
  SecondsHistogram(String name, String help, List<Duration> buckets) {
    this.name = name;
    this.help = help;
    this.buckets = buckets;
  }

  /** Adds a duration. A negative duration comes from a wrong clock, and is ignored. */
  void add(Labels labels, Duration duration) {
    if (!duration.isNegative()) {
      counts.computeIfAbsent(labels, fresh -> new Counts()).add(duration);
    }
  }

  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder snapshot = HistogramSnapshot.builder().name(name).help(help);
    counts.forEach((labels, each) -> snapshot.dataPoint(each.point(labels)));
    return snapshot.build();
  }

  /** Number of durations in each bucket of one label, with their sum. */
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
