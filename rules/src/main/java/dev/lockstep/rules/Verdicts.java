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
   * Returns if it is settled what stands: that facts fire for this reason with this severity would
   * change no more than counts and times, which are worked out when they are read. A rule with many
   * facts to compare may ask, and need not report them then.
   *
   * @param parts of the finding that they would be in
   */
  default boolean isSettled(String reason, Severity severity, String... parts) {
    return false;
  }

  /** Returns if somebody reads what is reported by {@link #passed}; else a rule need not. */
  default boolean isExplained() {
    return false;
  }

  /**
   * Reports that facts were compared and did not come near firing: for {@code explain} alone.
   *
   * @param why the word of what decided, e.g. {@code distance}
   */
  default void passed(String why, Supplier<List<GateChecked>> gates, Fact... facts) {}
}
