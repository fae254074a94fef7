package dev.lockstep.detections.judgement;

import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Gates;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Verdict of a rule on facts of a case, as the rule reported it. */
public final class JudgedFacts {
  /** Outcome of what was compared. */
  public enum Outcome {
    /** The facts fire. */
    FIRES,
    /** Gates suppressed what would have fired. */
    SUPPRESSED,
    /** The facts did not come near firing. */
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

  /** Returns the outcome. */
  public Outcome outcome() {
    return outcome;
  }

  /** Returns the reason of what fires, the gates that suppressed, or the word of what decided. */
  public List<String> by() {
    return by;
  }

  /** Returns the severity of what fires, else null. */
  public @Nullable Severity severity() {
    return severity;
  }

  /** Returns the facts that were judged. */
  public List<Fact> facts() {
    return facts;
  }

  /** Returns the facts that the verdict rests on beside those. */
  public List<Fact> grounds() {
    return grounds;
  }

  /** Returns the id of the finding that it has a part in, or null if none was given out. */
  public @Nullable String finding() {
    return finding;
  }

  /** Returns what was checked, in order, with its numbers; works it out anew. */
  public List<GateChecked> gates() {
    try {
      return gates.get();
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      return List.of(Gates.checked("gates", "failed", "failure", JudgedDay.textOf(e)));
    }
  }
}
