package dev.lockstep.rules;

import java.util.List;
import java.util.Map;

/**
 * Detection rule.
 *
 * <p>A rule is a function of what it is given: the engine may call it in any order, for any
 * subject, and more than once. It keeps nothing between calls. The engine calls it from several
 * threads, each with an instance of its own or with one that holds nothing.
 */
public interface Rule {
  /**
   * Number of this interface, which the compiler copies into a jar that names it: raised when a
   * rule that was compiled before would not run any more as it did.
   */
  int INTERFACE = 1;

  /** Returns all that others need to know of the rule. */
  RuleInfo info();

  /** Observes an event: states what it means as facts about subjects. */
  void observe(Event event, Facts facts);

  /** Judges a day of a subject by its kept facts and nothing else. */
  void judge(Case day, Verdicts verdicts);

  /** Teaches what later days are to know of a day, once it is closed. */
  default void learn(Day day, Lessons lessons) {}

  /** Returns if a day stays learned beyond the days that the rule learns from. */
  default boolean remembers(int day, Learned learned, Settings settings) {
    return false;
  }

  /**
   * Returns a text that the rule keeps, as people read it: a trait of a closed day, or a member of
   * a fact's set.
   */
  default String shown(String kept) {
    return kept;
  }

  /** Tells a finding in words. */
  Words tell(Finding finding);

  /** Returns what of the events of a fact mattered to a verdict, for evidence: names and words. */
  default Map<String, String> mattered(Fired fired, int fact) {
    return Map.of();
  }

  /** Returns the events of a fact that evidence shows for a verdict, in order. */
  default List<EventReference> evidence(Fired fired, int fact) {
    EventReference first = fired.fact(fact).first();
    EventReference last = fired.fact(fact).last();
    boolean hasFirst = first.at() >= fired.from(fact) && first.at() <= fired.to(fact);
    boolean hasLast = last.at() >= fired.from(fact) && last.at() <= fired.to(fact);
    return hasFirst && hasLast
        ? List.of(first, last)
        : hasFirst ? List.of(first) : hasLast ? List.of(last) : List.of();
  }
}
