package dev.lockstep.app.replay;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** End of a replay: each rule that waits for the absence of an event gets its time. */
final class ArrivalFeedTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 48})
  void waitsAtTheEnd_asLongAsTheRuleDoes(int hours) {
    Rule rule = new Absence(Duration.ofHours(hours));
    RuleSet rules =
        new RuleSet(
            List.of(new ActiveRule(0, rule, Settings.defaults(rule.info()))),
            AlertSettings.NONE,
            5);
    Activity event = signIn("ada", "2026-03-02T10:00:00Z").from("192.0.2.1").build();
    try (LocalDriver driver =
        new LocalDriver(
            rules, JoinableLogs.ALL, Enrichment.none(), new DetectionCounters(), 1, true)) {
      ArrivalFeed feed = new ArrivalFeed(driver, Progress.of(true), false);
      feed.take(
          event.getArrivalAt(),
          new SingleObject<Activity>(Activity.getClassSchema()).encode(event));
      feed.finish();
      assertThat(driver.detections()).hasSize(1);
    }
  }

  /** Rule that fires for each sign-in after which nothing came. */
  private static final class Absence implements Rule {
    private final FactKind seen = FactKind.named("seen").byAddress().declare();
    private final RuleInfo info;

    Absence(Duration grace) {
      this.info =
          RuleInfo.of("nothing-after", 1, "Nothing after")
              .about(Subject.Kind.PRINCIPAL)
              .keeps(seen)
              .reads("SignInLogs")
              .reasons("alone")
              .severities(Severity.Low)
              .gates("none")
              .grace(grace)
              .done();
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      facts.about(new Subject(Subject.Kind.PRINCIPAL, "ada"), seen).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      for (Fact fact : day.today(seen)) {
        if (day.isGraceOver(fact)) {
          verdicts.fires("alone", Severity.Low, List::of, fact);
        }
      }
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Nothing after", "Nothing came after.");
    }
  }
}
