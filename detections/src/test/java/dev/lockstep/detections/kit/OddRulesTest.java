package dev.lockstep.detections.kit;

import static dev.lockstep.rules.kit.ActivityBuilder.alert;
import static dev.lockstep.rules.kit.ActivityBuilder.at;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.rules.kit.Expected;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Rules whose descriptions join what no built-in rule joins. */
final class OddRulesTest {
  private static final Subject ADA = new Subject(Subject.Kind.PRINCIPAL, "ada");

  /** Rule of two functions. */
  private static class Odd implements Rule {
    private final RuleInfo info;
    private final BiConsumer<Event, Facts> observing;
    private final BiConsumer<Case, Verdicts> judging;

    Odd(RuleInfo info, BiConsumer<Event, Facts> observing, BiConsumer<Case, Verdicts> judging) {
      this.info = info;
      this.observing = observing;
      this.judging = judging;
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      observing.accept(event, facts);
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      judging.accept(day, verdicts);
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Odd", "Odd.");
    }
  }

  private static RuleInfo.Builder info(FactKind... kinds) {
    return RuleInfo.of("odd", 1, "Odd")
        .correlates("identity and network")
        .about(Subject.Kind.PRINCIPAL)
        .keeps(kinds)
        .reads("SignInLogs", "GatewayLogs")
        .reasons("seen")
        .severities(Severity.Medium);
  }

  @Test
  void judgesADay_whenTheGraceOfAnEarlierDaysFactIsOver() {
    FactKind signIn = FactKind.named("sign-in").minutes().declare();
    FactKind call = FactKind.named("call").minutes().declare();
    Rule rule =
        new Odd(
            info(signIn, call).reach(1, 0).grace(Duration.ofHours(2)).done(),
            (event, facts) -> {
              facts.about(ADA, event.isSignIn() ? signIn : call).state();
            },
            (day, verdicts) -> {
              for (Fact one : day.today(signIn)) {
                for (Fact other : day.on(day.day() - 1, call)) {
                  if (day.isGraceOver(other)) {
                    verdicts.fires("seen", Severity.Medium, List::of, other, one);
                  }
                }
              }
            });
    List<Activity> events =
        List.of(
            call("2026-03-02T23:50:00Z").by("ada").build(),
            signIn("ada", "2026-03-03T00:10:00Z").build());
    int day = (int) (at("2026-03-03T00:10:00Z") / 86_400_000L);
    RuleCheck.of(rule).gives(events, List.of(Expected.of(ADA, day, "seen", Severity.Medium, 2)));
  }

  @Test
  void comparesEachPairOnItsLaterDay_alsoIfItReadsDaysAhead() {
    FactKind signIn = FactKind.named("sign-in").byAddress().minutes().declare();
    Rule rule =
        new Odd(
            info(signIn).reach(1, 1).judgesByChange().done(),
            (event, facts) -> facts.about(ADA, signIn).state(),
            (day, verdicts) ->
                day.pairs(
                    (one, other) -> verdicts.fires("seen", Severity.Medium, List::of, one, other)));
    List<Activity> events =
        List.of(
            signIn("ada", "2026-03-02T23:50:00Z").from("192.0.2.1").build(),
            signIn("ada", "2026-03-03T00:10:00Z").from("192.0.2.2").build());
    int day = (int) (at("2026-03-03T00:10:00Z") / 86_400_000L);
    RuleCheck.of(rule).gives(events, List.of(Expected.of(ADA, day, "seen", Severity.Medium, 2)));
  }

  @Test
  void observesTheAlertsThatTheKitMakes() {
    FactKind alerted = FactKind.named("alerted").minutes().declare();
    Rule rule =
        new Odd(
            info(alerted).reads("AdvancedHunting-AlertEvidence").done(),
            (event, facts) -> facts.about(ADA, alerted).state(),
            (day, verdicts) ->
                verdicts.fires(
                    "seen", Severity.Medium, List::of, day.today().toArray(Fact[]::new)));
    KitEngine.Run run = RuleCheck.of(rule).run();
    run.enter(alert("al-1", "2026-03-02T10:00:00Z").accounts("ada"));
    assertThat(run.findings()).singleElement().matches(one -> one.getReason().equals("seen"));
  }

  @Test
  void dropsFacts_alsoWhenRunsGrow() {
    FactKind signIn = FactKind.named("sign-in").minutes().runs(any -> 600_000).declare();
    Rule rule =
        new Odd(
            info(signIn).done(),
            (event, facts) -> facts.about(ADA, signIn).state(),
            (day, verdicts) ->
                verdicts.fires(
                    "seen", Severity.Medium, List::of, day.today().toArray(Fact[]::new)));
    List<Activity> events = new ArrayList<>();
    for (int minute = 0; minute < 50; minute += 5) {
      events.add(signIn("ada", "2026-03-02T10:%02d:00Z".formatted(minute)).build());
    }
    for (int order = 0; order < 20; order++) {
      KitEngine.Run run = RuleCheck.of(rule).setCap(4).run();
      events.forEach(run::enter);
      assertThat(run.findings())
          .as("order %d", order)
          .singleElement()
          .matches(one -> Boolean.TRUE.equals(one.getOverflow()));
      Collections.shuffle(events, new Random(order));
    }
  }

  @Test
  void givesFindingsThatCanBeWritten_whateverNumbersGatesHave() {
    FactKind signIn = FactKind.named("sign-in").minutes().declare();
    Rule rule =
        new Odd(
            info(signIn).done(),
            (event, facts) -> facts.about(ADA, signIn).state(),
            (day, verdicts) ->
                verdicts.fires(
                    "seen",
                    Severity.Medium,
                    () ->
                        new Gates()
                            .passes("few", "minutes", 5, "most", 7L, "share", 0.5f, "vpn", true)
                            .list(),
                    day.today().toArray(Fact[]::new))) {
          @Override
          public Map<String, String> mattered(Fired fired, int fact) {
            Map<String, String> mattered = new HashMap<>();
            mattered.put("app", null);
            return mattered;
          }
        };
    KitEngine.Run run = RuleCheck.of(rule).run();
    run.enter(signIn("ada", "2026-03-02T10:00:00Z"));
    SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
    assertThat(run.findings())
        .singleElement()
        .satisfies(one -> assertThat(codec.decode(codec.encode(one))).isEqualTo(one))
        .extracting(one -> one.getGates().get(0).getNumbers())
        .isEqualTo(Map.of("minutes", 5.0, "most", 7.0, "share", 0.5, "vpn", true));
  }
}
