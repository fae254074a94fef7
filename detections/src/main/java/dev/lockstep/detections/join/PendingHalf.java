package dev.lockstep.detections.join;

import dev.lockstep.detections.encoding.ByteSink;
import dev.lockstep.detections.encoding.ByteSource;
import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.SingleObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Call that waits for its identity link, or identity link that waits for its call. It travels and
 * is stored as bytes, and is decoded on demand. Most calls whose link never comes are not decoded,
 * because the fields beside the bytes suffice.
 */
public final class PendingHalf {
  private static final int LINK = 1;
  private static final int CALLER = 2;
  private static final long MINUTE_MILLIS = 60_000L;
  private static final byte[] NO_LIKENESS = {};

  private final boolean link;
  private final long arrivalAt;
  private final @Nullable String callerKey;
  private final byte[] likeness;
  private final byte @Nullable [] bytes;
  private final @Nullable SingleObject<Activity> codec;
  private @Nullable Activity activity;

  private PendingHalf(
      boolean link,
      long arrivalAt,
      @Nullable String callerKey,
      byte[] likeness,
      byte @Nullable [] bytes,
      @Nullable SingleObject<Activity> codec,
      @Nullable Activity activity) {
    this.link = link;
    this.arrivalAt = arrivalAt;
    this.callerKey = callerKey;
    this.likeness = likeness;
    this.bytes = bytes;
    this.codec = codec;
    this.activity = activity;
  }

  /**
   * Returns a call or an identity link as a pending half.
   *
   * @param bytes the activity in its single-object encoding, or null if it has to be encoded
   */
  public static PendingHalf of(Activity activity, byte @Nullable [] bytes) {
    String callerKey = JoinableCalls.wantsLink(activity) ? JoinableCalls.callerKey(activity) : null;
    return new PendingHalf(
        activity.getKind() == ActivityKind.IDENTITY_LINK,
        activity.getArrivalAt(),
        callerKey,
        callerKey == null ? NO_LIKENESS : likeness(callerKey, activity),
        bytes,
        null,
        activity);
  }

  private static byte[] likeness(String callerKey, Activity call) {
    return Hashes.digest(
        List.of(
            callerKey,
            JoinableCalls.isAccepted(call) ? "accepted" : "other",
            orNone(call.getAddress()),
            orNone(call.getSocketAddress()),
            orNone(call.getForwardedFor()),
            Long.toString(Math.floorDiv(call.getEventAt(), MINUTE_MILLIS))));
  }

  private static String orNone(@Nullable String text) {
    return text == null ? "none" : text;
  }

  /**
   * Reads a pending half, which takes all remaining bytes of {@code from}. The activity in it is
   * decoded later.
   *
   * @param codec decoder of the activity, for the thread that uses the half
   * @throws RuntimeException if the bytes are not those of a pending half
   */
  public static PendingHalf read(ByteSource from, SingleObject<Activity> codec) {
    int flags = from.get();
    long arrivalAt = from.signed();
    boolean maybe = (flags & CALLER) != 0;
    String callerKey = maybe ? from.someText() : null;
    byte[] likeness = maybe ? from.sized() : NO_LIKENESS;
    return new PendingHalf(
        (flags & LINK) != 0, arrivalAt, callerKey, likeness, from.remaining(), codec, null);
  }

  /**
   * Checks that the bytes of this half begin like an encoded activity, without decoding them. Only
   * a half that {@link #read} returned is checked.
   *
   * @throws org.apache.avro.AvroRuntimeException if the bytes do not begin like an encoded activity
   */
  public void requireHeader() {
    if (bytes != null && codec != null) {
      codec.requireHeader(bytes);
    }
  }

  /**
   * Writes the half as the last part of a record of a store or internal topic. {@link #read} reads
   * it from there.
   */
  public void write(ByteSink sink, SingleObject<Activity> encoder) {
    sink.put((link ? LINK : 0) | (callerKey == null ? 0 : CALLER)).signed(arrivalAt);
    if (callerKey != null) {
      sink.text(callerKey).sized(likeness);
    }
    sink.raw(bytes(encoder));
  }

  /** Returns the call or identity link in Avro's single-object encoding. */
  public byte[] bytes(SingleObject<Activity> encoder) {
    return bytes == null ? encoder.encode(activity()) : bytes;
  }

  boolean isLink() {
    return link;
  }

  long arrivalAt() {
    return arrivalAt;
  }

  /**
   * Returns a key for the caller of a call that waits for its identity link, or null for a link or
   * any other call. The key is the API Management subscription that the call names, or else the id
   * of the call.
   */
  public @Nullable String callerKey() {
    return callerKey;
  }

  /**
   * Returns a hash of a call's caller key, addresses and minute, and of whether the call was
   * accepted. The hash is empty if {@link #callerKey} is null. Clients choose a part of what is
   * hashed. The hash function is therefore one for which nobody can find two inputs with the same
   * hash.
   */
  byte[] likeness() {
    return likeness;
  }

  /**
   * Returns the decoded call or identity link.
   *
   * @throws org.apache.avro.AvroRuntimeException if its bytes are damaged
   */
  public Activity activity() {
    Activity read = activity;
    if (read == null) {
      if (bytes == null || codec == null) {
        throw new IllegalStateException(
            "a call or identity link that waits for a join has neither encoded bytes nor a"
                + " decoded activity");
      }
      read = codec.decode(bytes);
      activity = read;
    }
    return read;
  }
}
