package dev.lockstep.rules;

import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.function.Supplier;

/**
 * Verdicts on a case: what fires, and what a gate suppressed. All that people read comes from it.
 */
public interface Verdicts {
  /**
   * Reports that facts fire.
   *
   * @param reason one that the rule declares
   * @param gates what was checked, in order, with its numbers; asked for when somebody reads it
   * @param facts that fire: all that the verdict rests on
   * @return the verdict, for what else there is to say of it
   */
  Fired fires(String reason, Severity severity, Supplier<List<GateChecked>> gates, Fact... facts);

  /**
   * Reports that a gate suppressed what would have fired.
   *
   * @param gate one that the rule declares
   */
  void suppressed(String gate, Supplier<List<GateChecked>> gates, Fact... facts);

  /**
   * Reports that facts were compared and did not come near firing: for {@code explain} alone.
   *
   * @param why the word of what decided, e.g. {@code distance}
   */
  default void passed(String why, Supplier<List<GateChecked>> gates, Fact... facts) {}
}
