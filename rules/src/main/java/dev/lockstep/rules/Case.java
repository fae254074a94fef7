package dev.lockstep.rules;

import dev.lockstep.enrichment.Enrichment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Case to be judged: a subject on one UTC day, with all that a rule may know of it. */
public interface Case {
  /** Returns the subject. */
  Subject subject();

  /** Returns the UTC day since 1970. */
  int day();

  /** Returns the settings of the rule. */
  Settings settings();

  /** Returns the files and databases, e.g. for the partner that the subject is. */
  Enrichment enrichment();

  /** Returns the kept facts of the day, in no order. */
  List<Fact> today();

  /** Returns the kept facts of a day in reach; empty outside it. */
  List<Fact> on(int day);

  /**
   * Returns the fact that alone changed since the day was judged last, or null where the whole is
   * to be judged. Only a rule that says that it judges by change gets one; it reports nothing then
   * that the fact has no part in.
   */
  @Nullable Fact changed();

  /** Returns what closed days have taught. */
  Learned learned();

  /** Returns the Defender alerts on the subject, of severity Medium or higher, by id. */
  List<AlertOnSubject> alerts();

  /** Returns if the grace of a fact's first event is over: what is absent now is absent. */
  boolean isGraceOver(Fact fact);

  /**
   * Hands out each two facts whose later one lies on the day, once: both of the day, or one of it
   * and one of the days before in reach; those with the changed fact alone, if there is one.
   */
  void pairs(PairReader reader);

  /** Reader of two facts; which of them is earlier is for the reader to see. */
  @FunctionalInterface
  interface PairReader {
    /** Reads two facts. */
    void read(Fact one, Fact other);
  }
}
