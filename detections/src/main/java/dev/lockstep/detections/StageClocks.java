package dev.lockstep.detections;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Where;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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
  private final Map<String, Long> clocks = new HashMap<>();

  /** How far the furthest was when an origin last spoke. */
  private final Map<String, Long> heardAt = new HashMap<>();

  private final Set<String> idle = new HashSet<>();
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

  /** Takes what an origin says; returns whether the low clock moved by a step since it last did. */
  boolean advance(String origin, long clockAt, boolean isIdle) {
    if (clockAt == UNKNOWN && !isIdle && clocks.containsKey(origin)) {
      return false; // somebody else only knows that it is there
    }
    clocks.merge(origin, clockAt, Math::max);
    long highest = highest();
    heardAt.put(origin, highest);
    if (isIdle) {
      idle.add(origin);
    } else {
      idle.remove(origin);
    }
    if (clocks.size() < expected) {
      return false;
    }
    long lowest = Long.MAX_VALUE;
    for (Map.Entry<String, Long> entry : clocks.entrySet()) {
      long clock = entry.getValue();
      long heard = heardAt.getOrDefault(entry.getKey(), highest);
      boolean gone = clock != UNKNOWN && heard < highest - GONE_MILLIS;
      if (!gone && !idle.contains(entry.getKey())) {
        lowest = Math.min(lowest, clock);
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
    clocks.put(origin, clockAt);
    heardAt.put(origin, Math.max(clockAt, furthestAt));
    if (isIdle) {
      idle.add(origin);
    }
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
    return clocks.values().stream().mapToLong(Long::longValue).max().orElse(UNKNOWN);
  }

  /**
   * Takes up to which arrival time an origin waits for nothing more; returns whether the furthest
   * moved by a minute. A grace goes by the furthest and not by the slowest: an absence that is
   * taken back costs a revision, one that nobody dares to state costs the finding.
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
