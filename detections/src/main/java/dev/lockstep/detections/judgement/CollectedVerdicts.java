package dev.lockstep.detections.judgement;

import dev.lockstep.detections.state.KeptFact;
import dev.lockstep.detections.state.RuleDay;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.RelayedFact;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Receiver that collects what a rule reports when it judges a day of a subject. The caller drops
 * everything if the rule throws halfway.
 */
public final class CollectedVerdicts implements Verdicts {
  private final JudgementScope scope;
  private List<RelayedFact> relays = List.of();
  private List<Fired> fired = List.of();
  private List<Suppressed> suppressed = List.of();
  private List<KeptFact> awaited = List.of();

  private record Suppressed(String gate, List<Fact> facts) {}

  /** Reader of suppressed verdicts, each with its gate and its facts. */
  public interface SuppressedReader {
    void read(String gate, List<Fact> facts);
  }

  /**
   * Creates an empty collection of verdicts. If the scope has a fact that the day does not keep,
   * the rule cannot pass facts on to other subjects.
   */
  CollectedVerdicts(JudgementScope scope) {
    this.scope = scope;
  }

  @Override
  public boolean changesOnlyCounts(String reason, Severity severity, String... parts) {
    RuleDay onlyRaising = scope.onlyRaising();
    return onlyRaising != null && !onlyRaising.isRaisedBy(reason, severity, List.of(parts));
  }

  @Override
  public Fired fires(
      String reason, Severity severity, Supplier<List<GateChecked>> gates, Fact... facts) {
    required(reason, "reason of a verdict");
    required(severity, "severity of a verdict");
    if (facts.length == 0) {
      throw new IllegalArgumentException(
          "a verdict with the reason "
              + reason
              + " has no facts; give the facts on which the verdict rests");
    }
    for (Fact fact : facts) {
      if (!(fact instanceof KeptFact)) {
        throw new IllegalArgumentException(
            "a verdict with the reason "
                + reason
                + " has a fact that was not given to judge(); report only facts of the Case object");
      }
    }
    Fired one = new Fired(reason, severity, gates, facts);
    fired = with(fired, one);
    return one;
  }

  @Override
  public void suppressed(String gate, Supplier<List<GateChecked>> gates, Fact... facts) {
    required(gate, "gate that suppresses");
    suppressed = with(suppressed, new Suppressed(gate, List.of(facts)));
  }

  /**
   * Throws an exception if a value that a rule gives is null. So this counts as a failure of the
   * rule.
   */
  static void required(@Nullable Object given, String what) {
    if (given == null) {
      throw new IllegalArgumentException("the %s is null; give one".formatted(what));
    }
  }

  /**
   * Throws an exception if a verdict rests on a fact that did not come from the engine. The rule
   * then created the fact itself. The rule names the facts on which a verdict rests after it has
   * reported the verdict.
   */
  void checkGrounds() {
    for (Fired one : fired) {
      for (Fact ground : one.grounds()) {
        if (!(ground instanceof KeptFact)) {
          throw new IllegalArgumentException(
              "a verdict with the reason "
                  + one.reason()
                  + " rests on a fact that was not given to judge(); pass only facts of the Case object"
                  + " to dependingOn()");
        }
      }
    }
  }

  /** Returns whether the rule reported a suppressed verdict. */
  public boolean hasSuppressed() {
    return !suppressed.isEmpty();
  }

  @Override
  public boolean takesRelays() {
    return scope.unkept() == null;
  }

  @Override
  public void relay(RelayedFact fact) {
    relays = with(relays, fact);
  }

  private static <T> List<T> with(List<T> known, T next) {
    // Most judgements need no list, so none is created before the first element.
    List<T> list = known.isEmpty() ? new ArrayList<>(2) : known;
    list.add(next);
    return list;
  }

  /**
   * Returns the facts for which the rule asked whether the fact's grace is over. The end of the
   * grace of any other fact cannot change the verdicts.
   */
  public List<KeptFact> awaited() {
    return awaited;
  }

  void awaited(List<KeptFact> facts) {
    awaited = facts;
  }

  public List<RelayedFact> relays() {
    return relays;
  }

  public List<Fired> fired() {
    return fired;
  }

  public void suppressed(SuppressedReader reader) {
    for (Suppressed one : suppressed) {
      reader.read(one.gate(), one.facts());
    }
  }
}
