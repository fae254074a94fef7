package dev.lockstep.detections;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.engine.FaultyRule;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A rule that does not return is named, as long as it does not. */
final class EndlessRuleTest {
  private final DetectionCounters counters = new DetectionCounters();
  private final FaultyRule rule = new FaultyRule(false);
  private final List<String> seen = new ArrayList<>();

  @Test
  void isNamed_whileItObserves() {
    rule.observing = event -> looks();
    run();
    isNamedOnlyWhileItRuns("from observe (SignInLogs)");
  }

  @Test
  void isNamed_whileItJudges() {
    rule.judging = this::looks;
    run();
    isNamedOnlyWhileItRuns("from judge (PRINCIPAL)");
  }

  @Test
  void isNamed_whileItTells() {
    rule.telling = finding -> looks();
    run();
    isNamedOnlyWhileItRuns("from tell");
  }

  @Test
  void isNotNamed_forManyShortCalls() {
    rule.observing = event -> look();
    rule.judging = this::look;
    for (int i = 0; i < 10; i++) {
      run();
    }
    assertThat(seen).hasSizeGreaterThanOrEqualTo(20).containsOnly("null");
  }

  private void isNamedOnlyWhileItRuns(String from) {
    assertThat(seen.subList(0, 2)).containsOnly("null");
    assertThat(seen.get(6))
        .matches("rule faulty has not returned for \\d+ s .*")
        .contains(from, ", now at ");
    look();
    assertThat(seen).last().isEqualTo("null");
  }

  private void looks() {
    for (int i = 0; i < 7; i++) {
      look();
    }
  }

  /** Looks as the watching thread does every few seconds. */
  private void look() {
    counters.look();
    seen.add(String.valueOf(counters.endless()));
  }

  private void run() {
    Settings settings = Settings.of(rule.info(), true, false, 256, Map.of());
    try (LocalDriver driver =
        new LocalDriver(
            new RuleSet(List.of(new ActiveRule(0, rule, settings)), AlertSettings.NONE, 60),
            JoinableLogs.NONE,
            Enrichment.none(),
            counters,
            1,
            true)) {
      driver.enter(
          new SingleObject<Activity>(Activity.getClassSchema())
              .encode(signIn("ana", "2026-11-19T10:00:00Z").from("192.0.2.1").build()));
      driver.detections();
    }
  }
}
