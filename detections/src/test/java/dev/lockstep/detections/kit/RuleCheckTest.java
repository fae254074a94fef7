package dev.lockstep.detections.kit;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.rules.kit.Expected;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Faults of rules that the kit finds, and the seed that it names. */
final class RuleCheckTest {
  private static final FactKind SIGN_IN = FactKind.named("sign-in").byAddress().minutes().declare();
  private static final FactKind OTHER = FactKind.named("other").declare();
  private static final RuleInfo INFO = info().judgesByChange().done();

  private static final Subject ANN = new Subject(Subject.Kind.PRINCIPAL, "ann");
  private static final List<Activity> EVENTS =
      List.of(
          signIn("ann", "2026-11-19T10:00:00Z").from("10.1.0.1").build(),
          signIn("ann", "2026-11-19T11:00:00Z").from("10.2.0.1").build());
  private static final int DAY = (int) (EVENTS.get(0).getEventAt() / 86_400_000L);
  private static final List<Expected> EXPECTED =
      List.of(Expected.of(ANN, DAY, "any", Severity.Low, 2));

  private static RuleInfo.Builder info() {
    return RuleInfo.of("any-sign-in", 1, "Any sign-in")
        .about(Subject.Kind.PRINCIPAL)
        .keeps(SIGN_IN, OTHER)
        .reasons("any")
        .severities(Severity.Low)
        .gates("none");
  }

  /** Rule that keeps every sign-in, and judges as it is told. */
  private record Judging(RuleInfo info, BiConsumer<Case, Verdicts> judge) implements Rule {
    @Override
    public void observe(Event event, Facts facts) {
      String user = Objects.requireNonNull(event.principal()).getId();
      facts.about(new Subject(Subject.Kind.PRINCIPAL, user), SIGN_IN).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      judge.accept(day, verdicts);
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("A sign-in", "A sign-in.");
    }
  }

  private static void fire(List<Fact> facts, Verdicts verdicts) {
    for (Fact fact : facts) {
      verdicts.fires("any", Severity.Low, List::of, fact);
    }
  }

  private static List<Fact> changed(Case day) {
    Fact changed = day.changed();
    return changed == null ? day.today() : List.of(changed);
  }

  private static RuleCheck check(BiConsumer<Case, Verdicts> judge) {
    return RuleCheck.of(new Judging(INFO, judge)).seed(7);
  }

  @Test
  void passesARule_whoseFindingsAreTheSameInEveryOrder() {
    check((day, verdicts) -> fire(changed(day), verdicts)).gives(EVENTS, EXPECTED);
  }

  @Test
  void namesTheSeed_andWhatWasExpectedAndFound() {
    assertThatThrownBy(
            () ->
                check((day, verdicts) -> fire(changed(day), verdicts))
                    .gives(EVENTS, List.of(Expected.of(ANN, DAY, "any", Severity.Low, 3))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("rule any-sign-in, seed 7, order 1 of 20")
        .hasMessageContaining("expected PRINCIPAL ann 2026-11-19: any Low x3, found any Low x2")
        .hasMessageContaining("SignInLogs 2026-11-19T10:00:00Z 10.1.0.1 ann");
  }

  @Test
  void findsAReasonAndASeverity_thatTheRuleDoesNotDeclare() {
    assertThatThrownBy(
            () ->
                check((day, verdicts) -> fires(day, "other", Severity.Low, verdicts))
                    .gives(EVENTS, List.of(Expected.of(ANN, DAY, "other", Severity.Low, 2))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the reason other, which the rule does not declare");
    assertThatThrownBy(
            () ->
                check((day, verdicts) -> fires(day, "any", Severity.High, verdicts))
                    .gives(EVENTS, List.of(Expected.of(ANN, DAY, "any", Severity.High, 2))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the severity High, which the rule does not declare");
  }

  @Test
  void findsAGate_thatTheRuleDoesNotDeclare() {
    assertThatThrownBy(
            () ->
                check(
                        (day, verdicts) -> {
                          for (Fact fact : changed(day)) {
                            verdicts.suppressed("unknown", List::of, fact);
                          }
                        })
                    .gives(EVENTS, List.of()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "a verdict is suppressed by the gate unknown, which the rule does not declare; add it to gates() in the rule description");
  }

  private static void fires(Case day, String reason, Severity severity, Verdicts verdicts) {
    changed(day).forEach(fact -> verdicts.fires(reason, severity, List::of, fact));
  }

  @Test
  void findsWhatIsNotExpected_andWhatIsMissing() {
    assertThatThrownBy(
            () ->
                check((day, verdicts) -> fire(changed(day), verdicts))
                    .gives(EVENTS, List.of(Expected.of(ANN, DAY, "any", Severity.Low, 2).in("x"))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("missing: PRINCIPAL ann 2026-11-19 [x]: any Low x2")
        .hasMessageContaining("not expected: A sign-in, until 2026-11-19T11:00:00Z: any Low x2");
  }

  @Test
  void findsARule_thatJudgesLessByChange() {
    assertThatThrownBy(
            () ->
                check(
                        (day, verdicts) -> {
                          if (day.changed() == null) {
                            fire(day.today(), verdicts);
                          }
                        })
                    .gives(EVENTS, EXPECTED))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("expected PRINCIPAL ann 2026-11-19: any Low x2, found any Low x1");
  }

  @Test
  void findsARule_thatJudgesLessWhole() {
    assertThatThrownBy(
            () ->
                check((day, verdicts) -> fire(changed(day).subList(0, 1), verdicts))
                    .gives(EVENTS, EXPECTED))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("found any Low x1");
  }

  @Test
  void findsARule_thatFiresByOneFact_andDeclaresThatItComparesFacts() {
    Rule rule =
        new Judging(info().comparesFacts().done(), (day, verdicts) -> fire(day.today(), verdicts));
    assertThatThrownBy(
            () ->
                RuleCheck.of(rule)
                    .gives(
                        EVENTS.subList(0, 1),
                        List.of(Expected.of(ANN, DAY, "any", Severity.Low, 1))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("missing: PRINCIPAL ann 2026-11-19: any Low x1");
    RuleCheck.of(rule).gives(EVENTS, EXPECTED);
  }

  @Test
  void findsARule_thatFiresWithoutTheKindThatItDeclaresToNeed() {
    Rule rule =
        new Judging(
            info().judgesOnlyWith(OTHER).done(), (day, verdicts) -> fire(day.today(), verdicts));
    assertThatThrownBy(() -> RuleCheck.of(rule).gives(EVENTS, EXPECTED))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("missing: PRINCIPAL ann 2026-11-19: any Low x2");
  }

  @Test
  void findsARule_thatDeclaresToNeedAKindThatItDoesNotKeep() {
    Rule rule =
        new Judging(info().keeps(SIGN_IN).judgesOnlyWith(OTHER).done(), (day, verdicts) -> {});
    assertThatThrownBy(() -> RuleCheck.of(rule))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "it judges only with facts of the kind \"other\", but it keeps no facts of this kind; "
                + "declare the kind with keeps() too");
  }

  @Test
  void findsARule_thatGoesByTheOrderOfArrival() {
    assertThatThrownBy(
            () ->
                check(
                        (day, verdicts) -> {
                          if (day.today().get(0).firstAt() == EVENTS.get(0).getEventAt()) {
                            fire(changed(day), verdicts);
                          }
                        })
                    .gives(EVENTS, EXPECTED))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 7");
  }

  @Test
  void namesTheSeed_whereARuleThrows() {
    assertThatThrownBy(
            () ->
                check(
                        (day, verdicts) -> {
                          throw new IllegalArgumentException("a bug");
                        })
                    .gives(EVENTS, EXPECTED))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(
            "rule any-sign-in threw an exception in the run with seed 7, order 1 of 20: ")
        .hasRootCauseMessage("a bug");
  }

  @Test
  void refusesHistories_ofWhichNothingIsExpected() {
    assertThatThrownBy(
            () -> check((day, verdicts) -> {}).gives(3, random -> EVENTS, events -> List.of()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the oracle expects no finding (histories: 3, first seed: 7)");
  }

  @Test
  void countsWhatAGateSuppressed_atEachChangeOfAFact_andNotThoseBeside() {
    var run =
        check(
                (day, verdicts) ->
                    day.today().forEach(fact -> verdicts.suppressed("none", List::of, fact)))
            .run();
    EVENTS.forEach(run::enter);
    run.restart();
    run.enter(signIn("ann", "2026-11-19T12:00:00Z").from("10.3.0.1"));
    run.enter(signIn("ann", "2026-11-19T12:00:00Z").from("10.3.0.1"));
    assertThat(run.suppressed()).containsEntry("none", 3);
  }
}
