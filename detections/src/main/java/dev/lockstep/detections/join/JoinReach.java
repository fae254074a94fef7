package dev.lockstep.detections.join;

import dev.lockstep.detections.message.LinkWait;

/**
 * Fixed time limits for the join of a call with its other half, which is an identity link or Front
 * Door's record. The limits set how far apart the halves may lie, and how long the halves are kept.
 * All limits are in milliseconds. {@link LinkWait} has the time for which a call waits for its
 * other half, and {@link JoinableCalls#wantsLink} tells which calls wait for a link.
 */
final class JoinReach {
  /** Longest time between the event times of an identity link and of its call. */
  static final long REACH_MILLIS = 2 * 86_400_000L;

  /**
   * Time in milliseconds for which a call or an identity link is kept after its arrival. If a
   * link's own time is later than its arrival, the link is kept for this long after its own time,
   * within the limit of {@link #MOST_AHEAD_MILLIS}. This is enough for another half whose own time
   * is {@link #REACH_MILLIS} away, which arrives 23 hours late, and whose clock is ahead.
   */
  static final long KEPT_MILLIS = REACH_MILLIS + 24 * 3_600_000L;

  /**
   * Time for which a Front Door request is kept with its calls. It runs from the arrival of the
   * record that was read first for the request, or of its latest call, whichever is later.
   */
  static final long EDGE_KEPT_MILLIS = 25 * 3_600_000L;

  /**
   * Time for which an identity link without any timestamp is kept. This time runs from the value
   * that the watermark had when the link began to wait. Nothing says when its call was made. Only a
   * capture has such links, and a capture may span a year.
   */
  static final long TIMELESS_KEPT_MILLIS = 400 * 86_400_000L;

  /**
   * Longest extension of {@link #KEPT_MILLIS} for an identity link whose own time is later than its
   * arrival. So a wrong time does not keep a link forever.
   */
  private static final long MOST_AHEAD_MILLIS = 32 * 86_400_000L;

  /**
   * Longest time by which a call may precede the issue of its token. The two times are of two
   * clocks.
   */
  static final long BEFORE_ISSUE_MILLIS = 5 * 60_000L;

  private JoinReach() {}

  /**
   * Returns the watermark at which a call or a link is deleted.
   *
   * @throws org.apache.avro.AvroRuntimeException if there is only a link, and its bytes are damaged
   */
  static long until(CallState state) {
    PendingHalf call = state.call();
    PendingHalf link = state.link();
    if (call != null || link == null) {
      return (call == null ? 0 : call.arrivalAt()) + KEPT_MILLIS;
    }
    if (state.waitsFrom() > 0) {
      return state.waitsFrom() + TIMELESS_KEPT_MILLIS;
    }
    long ahead = Math.max(0, link.activity().getEventAt() - link.arrivalAt());
    return link.arrivalAt() + Math.min(ahead, MOST_AHEAD_MILLIS) + KEPT_MILLIS;
  }
}
