package dev.lockstep.detections.join;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Call that waits for its identity link, or identity link that waits for its call. It is stored as
 * bytes and decoded on demand, because usually only its time is asked for.
 */
final class PendingHalf {
  private static final int HEADER_BYTES = Long.BYTES + 1;

  private final long arrivalAt;
  private final boolean maybeSubscription;
  private final byte @Nullable [] bytes;
  private final @Nullable SingleObject<Activity> codec;
  private @Nullable Activity activity;

  private PendingHalf(
      long arrivalAt,
      boolean maybeSubscription,
      byte @Nullable [] bytes,
      @Nullable SingleObject<Activity> codec,
      @Nullable Activity activity) {
    this.arrivalAt = arrivalAt;
    this.maybeSubscription = maybeSubscription;
    this.bytes = bytes;
    this.codec = codec;
    this.activity = activity;
  }

  static PendingHalf of(Activity activity, byte @Nullable [] bytes) {
    boolean maybe =
        JoinableCalls.wantsLink(activity) && JoinableCalls.mayBeItsSubscriptions(activity);
    return new PendingHalf(activity.getArrivalAt(), maybe, bytes, null, activity);
  }

  static @Nullable PendingHalf read(ByteBuffer from, SingleObject<Activity> codec) {
    int length = from.getInt();
    if (length == 0) {
      return null;
    }
    long arrivalAt = from.getLong();
    boolean maybe = from.get() == 1;
    byte[] bytes = new byte[length - HEADER_BYTES];
    from.get(bytes);
    return new PendingHalf(arrivalAt, maybe, bytes, codec, null);
  }

  /**
   * Returns a pending half as bytes. They are the length of the rest, the arrival time, a byte for
   * {@link #mayBeItsSubscriptions}, and the activity. Null is the length 0 alone.
   */
  static byte[] write(@Nullable PendingHalf half, SingleObject<Activity> codec) {
    if (half == null) {
      return new byte[Integer.BYTES];
    }
    byte[] bytes = half.bytes == null ? codec.encode(half.activity()) : half.bytes;
    return ByteBuffer.allocate(Integer.BYTES + HEADER_BYTES + bytes.length)
        .putInt(HEADER_BYTES + bytes.length)
        .putLong(half.arrivalAt)
        .put((byte) (half.maybeSubscription ? 1 : 0))
        .put(bytes)
        .array();
  }

  long arrivalAt() {
    return arrivalAt;
  }

  boolean mayBeItsSubscriptions() {
    return maybeSubscription;
  }

  Activity activity() {
    Activity read = activity;
    if (read == null) {
      if (bytes == null || codec == null) {
        throw new IllegalStateException("a pending half has neither bytes nor an activity");
      }
      read = codec.decode(bytes);
      activity = read;
    }
    return read;
  }
}
