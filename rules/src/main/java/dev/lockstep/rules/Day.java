package dev.lockstep.rules;

import dev.lockstep.schemas.Severity;
import java.util.List;

/** UTC day of a subject that a rule learns from, with the day's facts and findings. */
public interface Day {
  Subject subject();

  /** Returns the UTC day as the number of days since 1970. */
  int day();

  Settings settings();

  /** Returns the kept facts of the day, in no particular order. */
  List<Fact> facts();

  /** Returns the day's kept facts of one kind. */
  default List<Fact> facts(FactKind kind) {
    return facts().stream().filter(fact -> fact.kind() == kind).toList();
  }

  /** Returns the rule's findings on the day that are not retracted. */
  List<GivenOut> findings();

  /**
   * Returns whether this day, or another day that the rule reads with it, had more facts or
   * findings than are kept. Findings may then be missing.
   */
  boolean overflows();

  /**
   * Returns whether the day had more findings than are kept. {@link #findings} is then incomplete.
   */
  boolean hasMoreFindings();

  /**
   * Finding that was given out for a day and is not retracted.
   *
   * @param parts texts that, with rule, subject and day, make up the finding's id; empty for a
   *     collapsed finding if the findings that it stands for are not known any more
   * @param collapsed if this finding stands for several that were collapsed into one
   */
  record GivenOut(List<String> parts, String reason, Severity severity, boolean collapsed) {
    public GivenOut {
      parts = List.copyOf(parts);
    }
  }
}
