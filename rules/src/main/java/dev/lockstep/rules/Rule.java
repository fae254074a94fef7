package dev.lockstep.rules;

import java.util.List;
import java.util.Map;

/**
 * Detection rule: a function from the events of a subject to findings.
 *
 * <p>The engine may call a rule in any order, for any subject, more than once and from several
 * threads. A rule keeps nothing between calls.
 */
public interface Rule {
  /**
   * Version number of the rule interface of this build. It is raised when rules compiled against an
   * earlier number would behave differently. The compiler copies this constant into the jar of a
   * rule that names it.
   */
  int INTERFACE = 1;

  RuleInfo info();

  /** Observes an event: states the facts that the event means for subjects. */
  void observe(Event event, Facts facts);

  /**
   * Judges a day of a subject: reports the facts that fire, and the facts that only a gate keeps
   * from firing. The rule uses only what {@code day} returns, such as the kept facts of the day.
   */
  void judge(Case day, Verdicts verdicts);

  /**
   * States the lessons of a closed day: traits, such as a country, that the rule may read when it
   * judges later days.
   */
  default void learn(Day day, Lessons lessons) {}

  /**
   * Returns whether the lessons of a day are kept although the day is older than the rule's
   * learning period. They are kept for as long as this method returns true.
   */
  default boolean keepsLessons(int day, Learned learned, Settings settings) {
    return false;
  }

  /**
   * Converts a text that this rule keeps in state to the form in which people read it. The text is
   * a trait of a closed day, or a member of a fact's set.
   */
  default String shown(String kept) {
    return kept;
  }

  /** Describes a finding in words. */
  Words tell(Finding finding);

  /**
   * Returns the details of a fact, by name, that the evidence is to show with each event of the
   * fact. They tell why the fact mattered for the verdict, such as a number of attempts.
   *
   * @param fact index of the fact in the verdict
   */
  default Map<String, String> mattered(Fired fired, int fact) {
    return Map.of();
  }

  /**
   * Returns those events of a fact that the evidence of a verdict cites, in the order in which the
   * evidence lists them.
   *
   * @param fact index of the fact in the verdict
   */
  default List<EventReference> evidence(Fired fired, int fact) {
    Fact of = fired.fact(fact);
    EventReference first = of.first();
    EventReference last = of.last();
    boolean hasFirst =
        of.hasEventInFirstMinute()
            && first.at() >= fired.from(fact)
            && first.at() <= fired.to(fact);
    boolean hasLast =
        of.hasEventInLastMinute() && last.at() >= fired.from(fact) && last.at() <= fired.to(fact);
    return hasFirst && hasLast
        ? List.of(first, last)
        : hasFirst ? List.of(first) : hasLast ? List.of(last) : List.of();
  }
}
