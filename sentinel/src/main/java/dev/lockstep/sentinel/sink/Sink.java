package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Where a forwarder's detections go.
 *
 * <p>What is asked of a sink is to say truly what became of a batch: {@link AnswerClass#TAKEN} only
 * if all of it is there for good. Whatever else it says, the forwarder decides what to do, and
 * sends again what it does not know to be taken.
 */
public interface Sink extends AutoCloseable {
  /**
   * The most of a batch.
   *
   * @param bytes as a JSON array of its rows, before compression, brackets and commas included
   * @param rows how many
   */
  record Limits(int bytes, int rows) {}

  /** Returns what messages call it: an endpoint, a path, servers; nothing secret. */
  String place();

  /** Returns a detection as it takes it: whole, unless a sink has a form of its own. */
  default Row row(Detection detection) {
    return PlainRow.of(detection);
  }

  /** Returns the most that it takes at once. */
  Limits limits();

  /** Returns how long to wait for an answer before the batch counts as lost on the way. */
  Duration timeout();

  /**
   * Sends a batch, and says what became of it. An interrupt gives it up.
   *
   * @param rows of {@link #row}, at least one
   * @param sentAt the time of sending
   */
  Answer send(List<Row> rows, Instant sentAt) throws InterruptedException;

  /** Returns what a person is to do about an answer that stops delivery. */
  String fix(AnswerClass kind);

  @Override
  void close();
}
