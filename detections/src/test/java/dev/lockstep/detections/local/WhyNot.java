package dev.lockstep.detections.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@code lockstep explain} tells of events of which nothing fired. */
public final class WhyNot {
  private WhyNot() {}

  /**
   * Asserts that the events give no finding, and that the subject's days have one verdict in all:
   * facts that were compared and did not fire.
   *
   * @param by the deciding condition
   * @param gates the checked gates, each with its verdict and its numbers
   */
  public static void isOneCondition(
      Rule rule,
      Enrichment enrichment,
      List<Activity> events,
      Subject subject,
      String by,
      String... gates) {
    Settings settings = Settings.of(rule.info(), true, false, 256, Map.of());
    RuleSet rules = new RuleSet(List.of(new ActiveRule(0, rule, settings)), AlertSettings.NONE, 60);
    JoinableLogs joinable = new JoinableLogs(false, false, true);
    try (LocalDriver driver =
        new LocalDriver(rules, joinable, enrichment, new DetectionCounters(), 1, false)) {
      for (Activity each : events) {
        driver.enter(new SingleObject<Activity>(Activity.getClassSchema()).encode(each));
      }
      assertThat(driver.detections()).isEmpty();
      List<JudgedFacts> verdicts =
          driver.judged(subject).days().stream().flatMap(day -> day.verdicts().stream()).toList();
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
  }
}
