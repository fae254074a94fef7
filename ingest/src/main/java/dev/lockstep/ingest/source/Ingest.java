package dev.lockstep.ingest.source;

import java.io.UncheckedIOException;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/**
 * Reader of one source, which writes activities, dead letters and quarantined records into the
 * target cluster, each record exactly once. It also writes positions and watermarks.
 *
 * <p>It runs on one thread until it is closed. Several readers of one source, in one process or
 * many, share its partitions. A source or target that cannot be reached is retried.
 */
public interface Ingest extends Runnable, AutoCloseable {
  /**
   * State of a source: its assigned and open partitions, and its problem if there is one.
   *
   * @param assigned number of partitions assigned to this instance
   * @param open number of partitions that are being read
   * @param problem reason why the source or the target cannot be used; empty if both can
   */
  record Status(int assigned, int open, String problem) {
    /** Returns whether source and target can be used. */
    public boolean reachable() {
      return problem.isEmpty();
    }
  }

  /**
   * Number of unread messages in a source partition, or of unread files in a folder of captures.
   *
   * @param hub event hub, topic, or {@code capture}
   * @param partition partition number
   * @param left unread messages, or files of a capture; the value may lag by a moment
   */
  record Lag(String hub, int partition, long left) {}

  Status status();

  /**
   * Returns the lag of each partition that this instance reads, except for partitions of unknown
   * lag.
   */
  List<Lag> lags();

  /**
   * Announces in the target cluster that this source exists. No state is evicted before all
   * partitions of the source have reported their watermarks. Call it before any source is run.
   *
   * @throws KafkaException if the target cannot be written to
   */
  void announce();

  /**
   * Replaces the stored position of each partition by the position for {@code from}, which is
   * {@code earliest}, {@code latest} or a time. Earlier transactions are fenced, so that every
   * reader continues from the new positions. Call it before the source is run, and call it again if
   * it fails.
   *
   * @param from {@code earliest}, {@code latest}, or an ISO 8601 time; with a time, a folder of
   *     captures moves to the beginning of the time's UTC day
   * @throws KafkaException if source or target cannot be used
   * @throws UncheckedIOException if a folder cannot be read
   */
  void move(String from);

  /**
   * Makes {@link #run} end after the current batch, and waits up to half a minute until it has
   * ended.
   */
  @Override
  void close();
}
