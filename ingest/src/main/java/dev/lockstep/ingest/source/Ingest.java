package dev.lockstep.ingest.source;

import java.io.UncheckedIOException;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/**
 * Source of records: it reads one source and writes activities, dead letters, quarantine, positions
 * and watermarks into the target cluster, each record exactly once.
 *
 * <p>It runs on one thread until it is closed. Several instances of the same source, in one process
 * or many, share its partitions. It retries a source or target that cannot be reached.
 */
public interface Ingest extends Runnable, AutoCloseable {
  /**
   * State of a source for people and health checks.
   *
   * @param assigned number of partitions assigned to this instance
   * @param open number of partitions that are being read
   * @param committedAt time of the last commit in milliseconds since 1970, or 0
   * @param problem why source or target cannot be used, empty while they can
   */
  record Status(int assigned, int open, long committedAt, String problem) {
    /** Returns whether source and target can be used. */
    public boolean reachable() {
      return problem.isEmpty();
    }
  }

  /**
   * Lag of a source partition.
   *
   * @param hub event hub, topic, or {@code capture}
   * @param partition partition number
   * @param left unread records, or files of a capture; the value may lag by a moment
   */
  record Lag(String hub, int partition, long left) {}

  /** Returns the state of the source. */
  Status status();

  /** Returns the lag of each partition that is read here, where it is known. */
  List<Lag> lags();

  /**
   * Announces in the target that this source exists and has not reported, so that no state is
   * evicted before its partitions have reported their watermarks. To be called before any source is
   * run.
   *
   * @throws KafkaException if the target cannot be written to
   */
  void announce();

  /**
   * Replaces the stored positions of all partitions in fenced transactions; any reader continues
   * from the new positions. To be called before the source is run, and again if it fails.
   *
   * @param from {@code earliest}, {@code latest}, or an ISO 8601 time; a capture moves to the
   *     beginning of that day
   * @throws KafkaException if source or target cannot be used
   * @throws UncheckedIOException if a folder cannot be read
   */
  void move(String from);

  /** Ends {@link #run} after the current batch, waiting at most half a minute. */
  @Override
  void close();
}
