package dev.lockstep.rules;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subject and UTC day that a rule judges, with everything that the rule may read. */
public interface Case {
  /** Returns the subject whose day is judged. */
  Subject subject();

  /** Returns the UTC day as the number of days since 1970. */
  int day();

  /** Returns the settings of the rule. */
  Settings settings();

  /** Returns the networks files, partner registry and GeoIP databases. */
  Enrichment enrichment();

  /** Returns the kept facts of the day, in no particular order. */
  List<Fact> today();

  /** Returns the kept facts of another UTC day; empty for a day outside the rule's reach. */
  List<Fact> on(int day);

  /**
   * Returns the kept facts of the day that are of a kind. A rule that asks for one kind at a time,
   * and first for the one that is rarest, costs less.
   */
  default List<Fact> today(FactKind kind) {
    return on(day(), kind);
  }

  /** Returns the kept facts of another UTC day that are of a kind. */
  default List<Fact> on(int day, FactKind kind) {
    return on(day).stream().filter(fact -> fact.kind() == kind).toList();
  }

  /**
   * Returns the only fact that changed since this day was last judged, or null if the rule has to
   * judge the whole day. Only a rule that declares {@link RuleInfo.Builder#judgesByChange} gets
   * one. Such a rule then reports only verdicts that involve this fact.
   */
  @Nullable Fact changed();

  /** Returns the lessons of closed days. */
  Learned learned();

  /** Returns the Defender alerts of severity Medium or High on the subject, ordered by alert id. */
  List<AlertOnSubject> alerts();

  /**
   * Returns whether the grace of a fact is over, so that anything still missing counts as absent.
   * The grace begins with the arrival of the first event, or with the last change of an aggregate.
   * If a rule asks before the grace is over, the day is judged again at its end, so a rule should
   * ask only where the answer matters.
   */
  boolean isGraceOver(Fact fact);

  /** Returns whether the rule has a finding on this day that was given out and not retracted. */
  boolean isGivenOut();

  /**
   * Passes each pair of facts to a reader once, if the later fact lies on this day. The earlier
   * fact lies on this day or on one of the days before it in reach. If there is a changed fact,
   * only pairs with that fact are passed.
   */
  void pairs(PairReader reader);

  /**
   * Passes pairs of facts of a kind to a reader, as {@link #pairs(PairReader)} does. Pairs that do
   * not matter by {@link PairReader#mayMatter} may be left out, which costs less.
   */
  default void pairs(FactKind kind, PairReader reader) {
    pairs(
        (one, other) -> {
          if (one.kind() == kind && other.kind() == kind) {
            reader.read(one, other);
          }
        });
  }

  /** Reader of pairs of facts; either fact of a pair may be the earlier one. */
  @FunctionalInterface
  interface PairReader {
    /** Reads a pair of facts; either of them may be the earlier one. */
    void read(Fact one, Fact other);

    /**
     * Returns whether a pair of facts at these two places may matter to the reader, whatever else
     * the facts say; a fact without location is at {@link Place#UNKNOWN}.
     */
    default boolean mayMatter(Place one, Place other) {
      return true;
    }
  }
}
