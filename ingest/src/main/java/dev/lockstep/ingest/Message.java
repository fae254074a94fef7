package dev.lockstep.ingest;

import dev.lockstep.schemas.Where;
import org.jspecify.annotations.Nullable;

/**
 * A message as captured.
 *
 * @param body the bytes, owned by the receiver
 * @param where where it lies; its index is that of its first record
 * @param arrivalAt when it reached the hub, in milliseconds since 1970, if the capture knows
 */
@SuppressWarnings("ArrayRecordComponent") // messages are never compared
public record Message(byte[] body, Where where, @Nullable Long arrivalAt) {}
