package dev.lockstep.ingest.message;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.lockstep.ingest.outcome.FaultException;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counter of the records that begin in one message. It also gives each finished record its index,
 * and passes each outcome on, so that no record is lost unnoticed.
 */
final class RecordAccounting {
  private final Limits limits;
  private final MessageReader.OutcomeHook hook;
  private final byte[] body;
  private final Where where;
  private final @Nullable Long enqueuedAt;
  private final Consumer<Outcome> sink;
  private int index;

  private int begun;

  private boolean open;
  private boolean passing;

  RecordAccounting(
      MessageReader reader,
      byte[] body,
      Where where,
      @Nullable Long enqueuedAt,
      Consumer<Outcome> sink) {
    this.limits = reader.limits;
    this.hook = reader.hook;
    this.body = body;
    this.where = where;
    this.enqueuedAt = enqueuedAt;
    this.sink = sink;
    this.index = where.getIndex();
  }

  int begun() {
    return begun;
  }

  void begin() {
    begun++;
    open = true;
  }

  /**
   * Subtracts the last begun record from the count, unless it already has an outcome. It is called
   * for a record that holds records itself, or that could not be read and in whose place the
   * recovery counts the records that it finds.
   */
  void uncountOpen() {
    if (open) {
      begun--;
      open = false;
    }
  }

  Slice next(int from, int to) {
    return new Slice(body, from, to, Origin.at(where, index++), enqueuedAt);
  }

  void pass(Slice slice, Outcome outcome) {
    open = false;
    passing = true;
    hook.pass(slice, outcome, sink);
    passing = false;
  }

  void rejectAsNoRecord(int from, int to) {
    Slice slice = next(from, to);
    pass(
        slice,
        slice.rejected(
            Reason.NOT_A_RECORD, "a record has to be a JSON object, and this value is not one"));
  }

  /**
   * Counts a range of bytes as one record, and rejects that record. The range begins at index
   * {@code from} and ends before index {@code to}. No record in these bytes was counted before.
   */
  void reject(int from, int to, Reason reason, String detail) {
    begin();
    Slice slice = next(from, to);
    pass(slice, slice.rejected(reason, detail));
  }

  void reject(int from, int to, IOException failure) {
    Reason reason = Reason.of(failure);
    reject(
        from,
        to,
        reason,
        switch (reason) {
          case NOT_JSON -> "the JSON could not be read: " + Quoted.excerpt(message(failure), 160);
          case UNREADABLE -> Quoted.excerpt(message(failure), 160);
          default -> limits.beyond(reason);
        });
  }

  private static String message(IOException failure) {
    return failure instanceof JsonProcessingException parsing
        ? parsing.getOriginalMessage()
        : String.valueOf(failure.getMessage());
  }

  /**
   * Returns a {@link FaultException} for an exception that shows a bug of this program. An
   * exception of the receiver of outcomes is thrown again instead. A fault makes the record a dead
   * letter.
   */
  FaultException fault(RuntimeException e) {
    if (passing) {
      throw e;
    }
    return new FaultException(e);
  }
}
