package dev.lockstep.ingest.source;

import java.io.UncheckedIOException;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/**
 * Reads one source and writes activities, dead letters and quarantine, with its positions and
 * clocks, into the target cluster, each record exactly once.
 *
 * <p>Runs on one thread until it is closed. Several of the same source, in one process or many,
 * share its partitions. A source or target that cannot be reached is tried until it can.
 */
public interface Ingest extends Runnable, AutoCloseable {
  /**
   * How a source stands.
   *
   * @param assigned partitions that are this instance's to read
   * @param open partitions that are being read
   * @param committedAt when a batch was last committed, in milliseconds since 1970, or 0
   * @param problem why source or target cannot be used, empty while they can
   */
  record Status(int assigned, int open, long committedAt, String problem) {
    /** Returns whether source and target can be used. */
    public boolean reachable() {
      return problem.isEmpty();
    }
  }

  /**
   * How much of a source partition is still to be read.
   *
   * @param hub event hub, topic, or {@code capture}
   * @param partition its number
   * @param left records, or files of a capture; a moment old
   */
  record Lag(String hub, int partition, long left) {}

  /** Returns how the source stands. */
  Status status();

  /** Returns what is left of each partition that is read here, where that is known. */
  List<Lag> lags();

  /**
   * Says in the target that this source is there and not heard of yet, so that nothing is forgotten
   * there before its partitions say how far they are. To be called before any source is run.
   *
   * @throws KafkaException if the target cannot be written to
   */
  void announce();

  /**
   * Replaces the stored positions of all partitions, fenced as every write is: whoever reads them
   * now goes on from there. To be called before the source is run, and again if it fails.
   *
   * @param from {@code earliest}, {@code latest}, or an ISO 8601 time; a capture is moved to the
   *     beginning of that day
   * @throws KafkaException if source or target cannot be used
   * @throws UncheckedIOException if a folder cannot be read
   */
  void move(String from);

  /** Ends {@link #run}, waiting for the batch at hand, at most half a minute. */
  @Override
  void close();
}
