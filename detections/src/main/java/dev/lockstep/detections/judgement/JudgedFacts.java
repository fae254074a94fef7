package dev.lockstep.detections.judgement;

import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Report of a rule on some facts of a judged day: they fire, are suppressed or pass, with the gates
 * that were checked.
 */
public final class JudgedFacts {
  /** Decision of a rule about facts: they fire, gates suppress them, or they pass. */
  public enum Outcome {
    /** Outcome of facts that fire. */
    FIRES,
    /** Outcome of facts that gates suppressed. */
    SUPPRESSED,
    /** Outcome of facts that did not fire, with no gate that suppressed them. */
    PASSED
  }

  private final Outcome outcome;
  private final List<String> by;
  private final @Nullable Severity severity;
  private final List<Fact> facts;
  private final List<Fact> grounds;
  private final @Nullable String finding;
  private final Supplier<List<GateChecked>> gates;

  JudgedFacts(
      Outcome outcome,
      List<String> by,
      @Nullable Severity severity,
      List<Fact> facts,
      List<Fact> grounds,
      @Nullable String finding,
      Supplier<List<GateChecked>> gates) {
    this.outcome = outcome;
    this.by = List.copyOf(by);
    this.severity = severity;
    this.facts = List.copyOf(facts);
    this.grounds = List.copyOf(grounds);
    this.finding = finding;
    this.gates = gates;
  }

  public Outcome outcome() {
    return outcome;
  }

  /**
   * Returns the reason for which the facts fire, the gates that suppress them, or the condition by
   * which they pass, whichever fits {@link #outcome}.
   */
  public List<String> by() {
    return by;
  }

  /** Returns the severity of the verdict if the facts fire, otherwise null. */
  public @Nullable Severity severity() {
    return severity;
  }

  public List<Fact> facts() {
    return facts;
  }

  /** Returns the facts on which the verdict rests in addition to the judged facts. */
  public List<Fact> grounds() {
    return grounds;
  }

  /** Returns the id of the finding with this verdict, or null if none was given out. */
  public @Nullable String finding() {
    return finding;
  }

  /**
   * Returns the gates that the rule checked, with their numbers, in the order of the checks. Each
   * call computes them anew.
   */
  public List<GateChecked> gates() {
    try {
      return gates.get();
    } catch (Exception
        | StackOverflowError
        | LinkageError
        | AssertionError
        | ServiceConfigurationError e) {
      return List.of(Gates.checked("gates", "failed", "failure", JudgedDay.textOf(e)));
    }
  }
}
