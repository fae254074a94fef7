package dev.lockstep.detections.sigma.match;

import java.util.List;

/**
 * Way in which the index of {@link EventMatcher} finds a Sigma rule for an event. It is by values,
 * by fragments of values, or not at all. Lint reports it. The more often the index skips a rule,
 * the less the rule costs. A rule is never skipped if ingest cut a value of an indexed field that
 * the rule reads.
 */
public enum IndexUse {
  /**
   * Rule that is evaluated only if a field has one of certain values, or a value whose end ingest
   * cut off.
   */
  EQUALITY,

  /**
   * Rule that is evaluated only if a field contains one of certain fragments of text, or has a
   * value that ingest cut. Some alternatives of the rule may need a certain value instead of a
   * fragment.
   */
  FRAGMENT,

  /** Rule that is evaluated for each event of its log source. */
  NONE;

  /**
   * Returns whether the index can find a rule by values of fields, by fragments of values, or not
   * at all. If the index needs both, the result is {@link #FRAGMENT}. Other rules are disregarded.
   */
  public static IndexUse of(DetectionSection detection) {
    EventMatcher.Builder builder = new EventMatcher.Builder();
    builder.add(detection);
    List<IndexKey> keys = builder.build().keys(0);
    if (keys == null) {
      return NONE;
    }
    return keys.stream().anyMatch(IndexKey::isFragment) ? FRAGMENT : EQUALITY;
  }

  /**
   * Returns the word for this value in the report of the command {@code rules lint}: {@code
   * equality}, {@code fragment} or {@code none}.
   */
  public String word() {
    return this == EQUALITY ? "equality" : this == FRAGMENT ? "fragment" : "none";
  }
}
