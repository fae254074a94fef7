package dev.lockstep.rules;

import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.function.Supplier;

/**
 * Receiver of a rule's verdicts on one subject and day. All output for people is made from these
 * verdicts.
 */
public interface Verdicts {
  /**
   * Reports that facts fire.
   *
   * @param reason one of the reasons that the rule declares
   * @param gates supplier of the checked gates with their numbers, in order; called when somebody
   *     reads them
   * @param facts all facts that the verdict rests on
   * @return the verdict, to which details can be added
   */
  Fired fires(String reason, Severity severity, Supplier<List<GateChecked>> gates, Fact... facts);

  /**
   * Reports that facts would have fired if a gate had not suppressed them.
   *
   * @param gate one of the gates that the rule declares
   */
  void suppressed(String gate, Supplier<List<GateChecked>> gates, Fact... facts);

  /**
   * Returns whether a verdict would change only the counts and times of the judged day's findings.
   * Such a verdict adds no finding, and changes the reason or severity of no finding. A rule with
   * many facts to compare may skip it, because counts and times are computed when they are read.
   * The result is also false if it is not known what the verdict would change.
   *
   * @param parts texts that, with rule, subject and day, would identify the finding
   */
  default boolean changesOnlyCounts(String reason, Severity severity, String... parts) {
    return false;
  }

  /**
   * Returns whether the rule may call {@link #relay} to state facts about subjects other than the
   * judged one.
   */
  default boolean takesRelays() {
    return false;
  }

  /**
   * States or retracts a fact about a subject other than the judged one, as a result of the
   * judgement. The rule remembers in an aggregate what it has stated.
   */
  default void relay(RelayedFact fact) {}

  /**
   * Returns whether the rule has to call {@link #passed} for facts that were compared but did not
   * fire. If not, the rule may leave these calls out.
   */
  default boolean isExplained() {
    return false;
  }

  /**
   * Reports facts that the rule compared and that did not fire, for {@code lockstep explain} alone.
   *
   * @param why word for the deciding condition, such as {@code distance}
   */
  default void passed(String why, Supplier<List<GateChecked>> gates, Fact... facts) {}
}
