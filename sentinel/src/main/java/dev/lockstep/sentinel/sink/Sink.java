package dev.lockstep.sentinel.sink;

import dev.lockstep.schemas.Detection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Destination of a forwarder's detections.
 *
 * <p>A sink has to report truly what became of a batch: {@link AnswerClass#TAKEN} only if all of it
 * is stored. The forwarder decides what to do about any other answer, and sends again every row
 * that is not known to be taken.
 */
public interface Sink extends AutoCloseable {
  /**
   * Largest size of a batch in bytes and in rows.
   *
   * @param bytes bytes of its rows as a JSON array before compression, including brackets and
   *     commas
   * @param rows number of rows
   */
  record Limits(int bytes, int rows) {}

  /**
   * Returns the place that this sink sends to, as messages name it. It is an endpoint, a path or a
   * list of servers, without anything secret.
   */
  String place();

  /**
   * Returns the row in which this sink sends a detection. By default it is the complete detection
   * as JSON.
   */
  default Row row(Detection detection) {
    return PlainRow.of(detection);
  }

  /** Returns the largest size of a batch in bytes and in rows. */
  Limits limits();

  /** Returns how long the answer to a batch is awaited, before the batch is sent again. */
  Duration timeout();

  /**
   * Sends a batch of rows and returns the sink's answer. An interrupt cancels it.
   *
   * @param rows rows made by {@link #row}, at least one
   * @param sentAt time of sending
   */
  Answer send(List<Row> rows, Instant sentAt) throws InterruptedException;

  /** Returns what an operator has to fix after an answer that stops delivery. */
  String fix(AnswerClass kind);

  /** Returns advice to an operator for the case that this sink takes no rows for a long time. */
  default String hintIfItLasts() {
    return "check its health and the network if this lasts";
  }

  @Override
  void close();
}
