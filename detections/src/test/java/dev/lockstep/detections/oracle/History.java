package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.schemas.Activity;
import java.util.List;

/**
 * A set of events, with copies, and the settings to judge them by.
 *
 * @param seed what it was made from
 * @param theme what it is about
 * @param events in the order of their times
 */
record History(long seed, Theme theme, RuleNumbers settings, List<Activity> events) {
  /** What most of a history's events are about. */
  enum Theme {
    TRAVEL,
    COMMUTE,
    COLLEAGUES,
    TOKEN,
    PARTNER,
    PARTNER_OVER_WEEKS,
    MIXED,
    DEFENDER
  }
}
