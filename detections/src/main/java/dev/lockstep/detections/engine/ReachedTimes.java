package dev.lockstep.detections.engine;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.state.KeptFinding;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.detections.state.RuleState;

/**
 * Times that an engine has reached: watermark, time up to which graces are over, wall clock, and
 * arrival of the present message.
 */
final class ReachedTimes {
  private long lowAt;
  private long graceAt;
  private long wallAt;
  private long arrivalAt;

  /**
   * Returns the watermark, which is the arrival time up to which every event has been processed.
   */
  long lowAt() {
    return lowAt;
  }

  /**
   * Returns the arrival time that decides about graces: a grace is over if it ends at that time or
   * before.
   */
  long graceAt() {
    return graceAt;
  }

  /** Returns the wall clock in milliseconds since 1970, or 0 before it was set. */
  long wallAt() {
    return wallAt;
  }

  /** Returns the arrival time of the present event at the hub, or 0 without an event. */
  long arrivalAt() {
    return arrivalAt;
  }

  void passed(long low) {
    lowAt = Math.max(lowAt, low);
  }

  void graced(long grace) {
    graceAt = Math.max(graceAt, grace);
  }

  void wall(long now) {
    wallAt = now;
  }

  void arrival(long at) {
    arrivalAt = at;
  }

  /** Returns the UTC day of a time, as days since 1970. */
  static int dayOf(long millis) {
    return (int) Math.floorDiv(millis, 86_400_000L);
  }

  /**
   * Returns whether facts of a finding may have been evicted. The finding can then not be judged
   * again.
   */
  boolean isPartlyEvicted(RuleState state, RuleDay day, KeptFinding lastOutput) {
    int start = dayOf(lastOutput.startAt());
    if (start >= day.day() || !state.rule().evicts(start, dayOf(Math.max(lowAt, graceAt)))) {
      return false;
    }
    RuleDay other = state.day(start);
    return other == null || other.isEmpty();
  }

  /**
   * Returns whether facts that are needed to judge a day may have been evicted. A judgement may
   * then find less than was given out.
   *
   * @param low watermark up to which records may be evicted
   */
  boolean isPartlyEvicted(RuleState state, RuleDay day, long low) {
    ActiveRule rule = state.rule();
    return rule.evicts(rule.info().firstDayReadBy(day.day()), dayOf(low))
        || day.givenOut().values().stream().anyMatch(one -> isPartlyEvicted(state, day, one));
  }
}
