package dev.lockstep.detections.judgement;

import dev.lockstep.detections.message.RuleFailure;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Report of a rule on some facts of a judged day: they fire, are suppressed or pass, with the gates
 * that were checked.
 *
 * @param by reason for which the facts fire, gates that suppress them, or condition by which they
 *     pass, whichever fits the outcome
 * @param severity severity of the verdict if the facts fire, otherwise null
 * @param grounds facts on which the verdict rests in addition to the judged facts
 * @param finding id of the finding with this verdict, or null if none was given out
 * @param explanation the rule's own list of the gates that it checked
 */
public record JudgedFacts(
    Outcome outcome,
    List<String> by,
    @Nullable Severity severity,
    List<Fact> facts,
    List<Fact> grounds,
    @Nullable String finding,
    Supplier<List<GateChecked>> explanation) {
  /** Decision of a rule about facts: they fire, gates suppress them, or they pass. */
  public enum Outcome {
    /** Outcome of facts that fire. */
    FIRES,
    /** Outcome of facts that gates suppressed. */
    SUPPRESSED,
    /** Outcome of facts that did not fire, with no gate that suppressed them. */
    PASSED
  }

  public JudgedFacts {
    by = List.copyOf(by);
    facts = List.copyOf(facts);
    grounds = List.copyOf(grounds);
  }

  /**
   * Returns the gates that the rule checked, with their numbers, in the order of the checks. Each
   * call computes them anew.
   */
  public List<GateChecked> gates() {
    try {
      return explanation.get();
    } catch (Throwable e) {
      RuleFailure.throwOthers(e);
      return List.of(Gates.checked("gates", "failed", "failure", JudgedDay.textOf(e)));
    }
  }
}
