package dev.lockstep.rules;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.Place;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Case for a rule to judge: one subject, such as a user, on one UTC day, with everything that the
 * rule may read.
 */
public interface Case {
  Subject subject();

  /** Returns the judged UTC day as the number of days since 1970. */
  int day();

  Settings settings();

  /** Returns the snapshot of the networks, partners, estate and GeoIP databases for look-ups. */
  Enrichment enrichment();

  /** Returns the kept facts of the judged day, in no particular order. */
  List<Fact> today();

  /**
   * Returns the kept facts of a UTC day, or an empty list for a day outside the rule's reach. The
   * rule declares its reach by {@link RuleInfo.Builder#reach}.
   */
  List<Fact> on(int day);

  /**
   * Returns the kept facts of the judged day that are of one kind. A rule costs less if it asks for
   * one kind at a time, and for the rarest kind first.
   */
  default List<Fact> today(FactKind kind) {
    return on(day(), kind);
  }

  /** Returns the kept facts of a UTC day that are of one kind. */
  default List<Fact> on(int day, FactKind kind) {
    return on(day).stream().filter(fact -> fact.kind() == kind).toList();
  }

  /**
   * Returns the fact that changed since this day was last judged, or null if the rule has to judge
   * the whole day. Only a rule that declares {@link RuleInfo.Builder#judgesByChange} gets a changed
   * fact. It then reports only verdicts that involve this fact.
   */
  @Nullable Fact changed();

  Learned learned();

  /**
   * Returns the Defender alerts of severity Medium or High that name the subject, ordered by alert
   * id.
   */
  List<AlertOnSubject> alerts();

  /**
   * Returns whether the grace of a fact is over, so that facts still missing count as absent. If it
   * is not over, the engine judges the day again when it ends. The grace begins with the arrival of
   * the first event, or with the last change of an aggregate. A rule should ask only where the
   * answer matters.
   */
  boolean isGraceOver(Fact fact);

  /**
   * Returns whether the rule has a finding on this day that was sent to the finding stage and is
   * not retracted. The finding stage is the last stage, which writes the detections.
   */
  boolean isGivenOut();

  /**
   * Passes to a reader all pairs of facts that the rule has to compare, each pair once. The later
   * fact of a pair lies on this day, the earlier fact on this day or on a day before it in reach.
   * If there is a changed fact, each pair contains it.
   */
  void pairs(PairReader reader);

  /**
   * Passes to a reader all pairs of facts of one kind that the rule has to compare, each pair once.
   * The days of the facts are those of {@link #pairs(PairReader)}. Pairs that do not matter by
   * {@link PairReader#mayMatter} may be left out, which costs less.
   */
  default void pairs(FactKind kind, PairReader reader) {
    pairs(
        (one, other) -> {
          if (one.kind() == kind && other.kind() == kind) {
            reader.read(one, other);
          }
        });
  }

  /**
   * Passes to a reader all pairs of a fact of one kind and a fact of another kind, each pair once.
   * The first fact of a pair has a property. The later fact lies on this day, the earlier fact on
   * this day or at most {@code daysBack} days before it. It does not matter which fact changed.
   *
   * @param kind kind of the first fact of each pair, the one with fewer facts
   * @param property condition that the first fact of each pair meets
   * @param other kind of the second fact of each pair
   * @param daysBack largest number of days from the earlier fact to the day of the case
   */
  default void pairs(
      FactKind kind, Predicate<Fact> property, FactKind other, int daysBack, PairReader reader) {
    int first = day() - daysBack;
    for (int each = first; each <= day(); each++) {
      for (Fact one : on(each, kind)) {
        if (property.test(one)) {
          for (int day = each == day() ? first : day(); day <= day(); day++) {
            on(day, other).forEach(two -> reader.read(one, two));
          }
        }
      }
    }
  }

  /** Receiver of pairs of facts, which compares the two facts of each pair for a rule. */
  @FunctionalInterface
  interface PairReader {
    /** Receives a pair of facts to compare. Either of them may be the earlier fact. */
    void read(Fact one, Fact other);

    /**
     * Returns whether the rule may need to compare facts at two given geographic places. If not,
     * the engine may leave out all pairs with one fact at each place. A fact without location is at
     * {@link Place#UNKNOWN}.
     */
    default boolean mayMatter(Place one, Place other) {
      return true;
    }
  }
}
