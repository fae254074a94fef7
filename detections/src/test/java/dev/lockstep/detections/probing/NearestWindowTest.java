package dev.lockstep.detections.probing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.SingleObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Why attempts did not fire, for those who ask. */
final class NearestWindowTest {
  private static final String THIEF = "8.8.8.8";
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");

  private static Activity refused(int number, int operations, int status) {
    return ActivityBuilder.call(NOON + number * 1_000L)
        .from(THIEF)
        .status(status)
        .id("call-" + number)
        .with(
            call -> {
              Api api = new Api();
              api.setApi("orders");
              api.setOperation("op" + number % operations);
              call.setApi(api);
            })
        .build();
  }

  private static List<JudgedFacts> judged(int attempts, int operations, int... statuses) {
    Rule rule = new GatewayProbing();
    Settings settings = Settings.of(rule.info(), true, false, 256, Map.of());
    RuleSet rules = new RuleSet(List.of(new ActiveRule(0, rule, settings)), AlertSettings.NONE, 60);
    try (LocalDriver driver =
        new LocalDriver(
            rules, JoinableLogs.NONE, Enrichment.none(), new DetectionCounters(), 1, false)) {
      for (int i = 0; i < attempts; i++) {
        driver.enter(
            new SingleObject<Activity>(Activity.getClassSchema())
                .encode(refused(i, operations, statuses[i % statuses.length])));
      }
      assertThat(driver.detections()).isEmpty();
      return driver.judged(new Subject(Subject.Kind.ADDRESS, THIEF)).days().get(0).verdicts();
    }
  }

  private static void lacks(List<JudgedFacts> verdicts, String by, String... gates) {
    assertThat(verdicts)
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.outcome()).isEqualTo(Outcome.PASSED);
              assertThat(one.by()).containsExactly(by);
              assertThat(one.gates())
                  .extracting(
                      gate ->
                          gate.getGate()
                              + " "
                              + gate.getVerdict()
                              + " "
                              + new TreeMap<>(gate.getNumbers()))
                  .containsExactly(gates);
            });
  }

  @Test
  void attemptsOfOneKind_sayThatTheyAreOfTooFewKinds() {
    lacks(
        judged(20, 5, 401),
        "kinds",
        "attempts passed {attempts=20.0, needs=20.0}",
        "operations passed {needs=5.0, operations=5.0}",
        "kinds suppressed {kinds=1.0, needs=2.0}");
  }

  @Test
  void tooFewAttempts_sayHowMany() {
    lacks(
        judged(19, 4, 401, 403),
        "attempts",
        "attempts suppressed {attempts=19.0, needs=20.0}",
        "operations suppressed {needs=5.0, operations=4.0}",
        "kinds passed {kinds=2.0, needs=2.0}");
  }
}
