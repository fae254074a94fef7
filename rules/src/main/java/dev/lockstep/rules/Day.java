package dev.lockstep.rules;

import dev.lockstep.schemas.Severity;
import java.util.List;

/** Day of a subject, as it teaches: its facts, and the findings on it. */
public interface Day {
  /** Returns the subject. */
  Subject subject();

  /** Returns the UTC day since 1970. */
  int day();

  /** Returns the settings of the rule. */
  Settings settings();

  /** Returns the kept facts of the day, in no order. */
  List<Fact> facts();

  /** Returns the rule's findings on the day that are not retracted. */
  List<Standing> findings();

  /**
   * Returns if more facts or more findings came than are kept, on the day or one in reach: what
   * then is missing may be what would have fired.
   */
  boolean overflows();

  /** Returns if the day had more findings than are kept: some of them are missing here. */
  boolean hasMoreFindings();

  /**
   * Finding on a day.
   *
   * @param parts what names it beside rule, subject and day; empty of one that stands for many of
   *     which not everything is kept
   * @param collapsed if it is one of too many, for which one stands
   */
  record Standing(List<String> parts, String reason, Severity severity, boolean collapsed) {
    /** Copies. */
    public Standing {
      parts = List.copyOf(parts);
    }
  }
}
