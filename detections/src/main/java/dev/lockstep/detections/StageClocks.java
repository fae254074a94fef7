package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Where;
import java.util.HashMap;
import java.util.Map;

/**
 * Up to which arrival time everything has passed: the lowest clock over those that say one. State
 * is forgotten by it, so that one slow source does not find its neighbours' state gone; no verdict
 * reads it. Beside it, the furthest time up to which some origin waits for nothing more, for what
 * hangs on an absence.
 */
final class StageClocks {
  /** Nothing is known yet: nothing may be forgotten. */
  static final long UNKNOWN = 0;

  private static final long STEP_MILLIS = 10 * 60_000L;
  private static final long GRACE_STEP_MILLIS = 60_000L;

  /**
   * An origin that was last heard of when the others were so far behind where they are now is one
   * that was taken out of the configuration. An archive that is being read is as far behind and is
   * heard of all the time.
   */
  private static final long GONE_MILLIS = 35 * Days.MILLIS;

  private final int expected;
  private final Map<String, Origin> origins = new HashMap<>();
  private long low = UNKNOWN;
  private long said = UNKNOWN;
  private long saidBefore = UNKNOWN;
  private long grace = UNKNOWN;

  /**
   * Creates clocks that wait for a number of origins.
   *
   * @param expected how many there are; before that many have spoken, nothing is known
   */
  StageClocks(int expected) {
    this.expected = expected;
  }

  /**
   * What an origin said last.
   *
   * @param clockAt its clock
   * @param furthestAt how far the furthest was then
   * @param idle whether it said that nothing has come for a while
   */
  private record Origin(long clockAt, long furthestAt, boolean idle) {}

  /** Takes what an origin says; returns whether the low clock moved by a step since it last did. */
  boolean advance(String origin, long clockAt, boolean isIdle) {
    Origin before = origins.get(origin);
    if (clockAt == UNKNOWN && !isIdle && before != null) {
      return false; // somebody else only knows that it is there
    }
    long at = before == null ? clockAt : Math.max(before.clockAt(), clockAt);
    long highest = Math.max(highest(), at);
    origins.put(origin, new Origin(at, highest, isIdle));
    if (origins.size() < expected) {
      return false;
    }
    long lowest = Long.MAX_VALUE;
    for (Origin each : origins.values()) {
      boolean gone = each.clockAt() != UNKNOWN && each.furthestAt() < highest - GONE_MILLIS;
      if (!gone && !each.idle()) {
        lowest = Math.min(lowest, each.clockAt());
      }
    }
    if (lowest != Long.MAX_VALUE && lowest > low) {
      low = lowest;
    }
    if (low - said >= STEP_MILLIS) {
      saidBefore = said;
      said = low;
      return true;
    }
    return false;
  }

  /**
   * Takes up what an origin said before a restart. The low clock follows with the next word of any
   * origin, when all are known again.
   *
   * @param furthestAt how far the furthest was then
   */
  void restore(String origin, long clockAt, boolean isIdle, long furthestAt) {
    origins.put(origin, new Origin(clockAt, Math.max(clockAt, furthestAt), isIdle));
  }

  /** Returns what a stage says of its low clock to the stage that joined activities go to. */
  static Activity clock(String stage, long low) {
    Activity clock = new Activity();
    clock.setKind(ActivityKind.CLOCK);
    clock.setCategory("");
    clock.setEventId(stage);
    clock.setEventAt(UNKNOWN);
    clock.setArrivalAt(low);
    clock.setWhere(new Where(stage, null, null, -1, -1L, 0));
    clock.setStatus(-1);
    return clock;
  }

  /** Returns the furthest clock in milliseconds since 1970, or {@link #UNKNOWN}. */
  long highest() {
    return origins.values().stream().mapToLong(Origin::clockAt).max().orElse(UNKNOWN);
  }

  /**
   * Takes up to which arrival time an origin waits for nothing more; returns whether the furthest
   * moved by a minute. A grace goes by the furthest and not by the slowest: an absence that is
   * retracted costs a revision, one that nobody dares to state costs the finding.
   */
  boolean graced(long graceAt) {
    if (graceAt - grace < GRACE_STEP_MILLIS) {
      return false;
    }
    grace = graceAt;
    return true;
  }

  /** Returns the furthest time for graces in milliseconds since 1970, or {@link #UNKNOWN}. */
  long grace() {
    return Math.max(grace, low);
  }

  /**
   * Returns where the low clock stood a step before, or {@link #UNKNOWN}. What waited for the step
   * comes back by way of other stages, so what it is about is let go one step later.
   */
  long lowBefore() {
    return saidBefore;
  }

  /** Returns the low clock in milliseconds since 1970, or {@link #UNKNOWN}. */
  long low() {
    return low;
  }
}
