package dev.lockstep.ingest.message;

import dev.lockstep.schemas.Where;
import org.jspecify.annotations.Nullable;

/**
 * A message as captured.
 *
 * @param body the bytes, owned by the receiver
 * @param where where it lies; its index is that of its first record
 * @param arrivalAt when it reached the hub, in milliseconds since 1970, if the capture knows
 * @param row the row of a table that the body was made of, as the file has it; null if the body is
 *     itself what the file has
 */
@SuppressWarnings("ArrayRecordComponent") // messages are never compared
public record SourceMessage(
    byte[] body, Where where, @Nullable Long arrivalAt, byte @Nullable [] row) {

  /** Creates a message whose body is what was captured. */
  public SourceMessage(byte[] body, Where where, @Nullable Long arrivalAt) {
    this(body, where, arrivalAt, null);
  }
}
