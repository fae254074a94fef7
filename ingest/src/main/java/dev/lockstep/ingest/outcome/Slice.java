package dev.lockstep.ingest.outcome;

import dev.lockstep.ingest.category.Category;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of one record with their place and arrival time.
 *
 * @param message message that holds the record
 * @param start position of its first byte
 * @param end position after its last byte
 * @param where place of the record, with its index
 * @param enqueuedAt arrival time of the message at the hub, or null if the transport has none
 */
@SuppressWarnings("ArrayRecordComponent") // slices are never compared
public record Slice(byte[] message, int start, int end, Where where, @Nullable Long enqueuedAt) {
  /**
   * Largest body of a dead letter in bytes. A broker takes messages of 1 MiB by default, and a
   * letter holds more than the body.
   */
  public static final int BODY_BYTES = 1_000_000;

  public Outcome rejected(Reason reason, String detail) {
    return new Outcome.Rejected(letter(reason, detail, null, enqueuedAt == null ? 0 : enqueuedAt));
  }

  public Outcome rejected(Reason reason, String detail, Category category) {
    return new Outcome.Rejected(
        letter(reason, detail, category.spelling, enqueuedAt == null ? 0 : enqueuedAt));
  }

  public Outcome quarantined(Reason reason, String detail, String category, long arrivalAt) {
    return new Outcome.Quarantined(letter(reason, detail, category, arrivalAt));
  }

  /**
   * Sets the given bytes as the body of an outcome's dead letter, and returns the outcome. An
   * outcome without a dead letter stays unchanged.
   */
  public static Outcome withBody(Outcome outcome, byte[] bytes) {
    if (outcome instanceof Outcome.Rejected rejected) {
      rejected.letter().setBody(body(bytes, 0, bytes.length));
    } else if (outcome instanceof Outcome.Quarantined kept) {
      kept.letter().setBody(body(bytes, 0, bytes.length));
    }
    return outcome;
  }

  /**
   * Returns this slice if the message has an arrival time, or else a copy with the arrival time
   * that the record itself contains. The arrival time of the message at the hub therefore goes
   * before the record's.
   */
  public Slice arrivedAt(long millis) {
    return enqueuedAt == null ? new Slice(message, start, end, where, millis) : this;
  }

  private static ByteBuffer body(byte[] bytes, int from, int to) {
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, Math.min(to, from + BODY_BYTES)));
  }

  private DeadLetter letter(
      Reason reason, String detail, @Nullable String category, long arrivalAt) {
    int kept = Math.min(end - start, BODY_BYTES);
    String cut =
        kept < end - start
            ? " (the first %d of %d bytes are kept)".formatted(kept, end - start)
            : "";
    DeadLetter letter = new DeadLetter();
    letter.setReason(reason.word);
    letter.setDetail(detail + cut);
    letter.setCategory(category);
    letter.setWhere(where);
    letter.setArrivalAt(arrivalAt);
    letter.setBody(body(message, start, end));
    return letter;
  }
}
