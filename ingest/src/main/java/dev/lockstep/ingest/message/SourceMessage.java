package dev.lockstep.ingest.message;

import dev.lockstep.schemas.Where;
import org.jspecify.annotations.Nullable;

/**
 * Message that was read from a hub or a file: its bytes, its place and its time of arrival at the
 * hub.
 *
 * @param body bytes, owned by the receiver
 * @param where place of the message, with the index of its first record
 * @param arrivalAt arrival time at the hub in milliseconds since 1970, or null if it is unknown
 * @param row row of a table from which the body was made; null if the body is the captured text
 *     itself
 */
@SuppressWarnings("ArrayRecordComponent") // messages are never compared
public record SourceMessage(
    byte[] body, Where where, @Nullable Long arrivalAt, byte @Nullable [] row) {

  /**
   * Creates a message that was not converted from a row of a table, so that its {@code row} is
   * null. Lines of a CSV export are such rows.
   */
  public SourceMessage(byte[] body, Where where, @Nullable Long arrivalAt) {
    this(body, where, arrivalAt, null);
  }
}
