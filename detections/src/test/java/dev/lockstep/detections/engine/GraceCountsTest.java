package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.at;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.EventIds;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Numbers of suppressions by an absence: each counts once, at the end of its grace. */
final class GraceCountsTest {
  private static final String DAY = "2026-11-19T";
  private static final long MINUTE_MILLIS = 60_000L;

  private static final Field IDS = Field.set("ids");
  private static final FactKind AT_AN_ADDRESS =
      FactKind.named("at-an-address").byAddress().declare();
  private static final FactKind ALL =
      FactKind.named("all", IDS).aggregates(IDS, EventIds::new).declare();

  private LocalEngine engine(FactKind kind) {
    Rule rule = new Unanswered(kind);
    return new LocalEngine(
        List.of(new ActiveRule(0, rule, Settings.defaults(rule.info()))),
        Enrichment.none(),
        new MemoryRecords(),
        100);
  }

  private static void enter(LocalEngine engine, String time, String address) {
    engine.enter(signIn("ada", DAY + time).id(time).from(address).build());
  }

  private static int counted(LocalEngine engine) {
    return engine.suppressed().getOrDefault("unanswered/alone", 0);
  }

  @Test
  void areTheSame_whenSeveralGracesOfASubjectEndTogether() {
    LocalEngine stepwise = engine(AT_AN_ADDRESS);
    LocalEngine together = engine(AT_AN_ADDRESS);
    for (LocalEngine engine : List.of(stepwise, together)) {
      enter(engine, "10:00:00Z", "192.0.2.1");
      enter(engine, "10:05:00Z", "192.0.2.2");
      enter(engine, "10:09:00Z", "192.0.2.3");
    }
    for (int minute = 0; minute <= 90; minute++) {
      stepwise.advance(at(DAY + "10:10:00Z") + minute * MINUTE_MILLIS);
    }
    assertThat(counted(stepwise)).isEqualTo(3);
    together.advance(at(DAY + "11:40:00Z"));
    assertThat(counted(together)).isEqualTo(3);
  }

  @Test
  void holdASuppressionOnce_whenItsFactComesInTheMinuteInWhichTheGraceEnds() {
    LocalEngine engine = engine(AT_AN_ADDRESS);
    engine.advance(at(DAY + "11:00:30Z"));
    enter(engine, "10:00:20Z", "192.0.2.1");
    engine.advance(at(DAY + "11:00:50Z"));
    engine.advance(at(DAY + "11:02:00Z"));
    assertThat(counted(engine)).isEqualTo(1);
  }

  @Test
  void holdASuppressionThatComesAfterItsGraceAtOnce() {
    LocalEngine engine = engine(AT_AN_ADDRESS);
    engine.advance(at(DAY + "12:00:00Z"));
    enter(engine, "10:00:20Z", "192.0.2.1");
    assertThat(counted(engine)).isEqualTo(1);
    engine.advance(at(DAY + "13:00:00Z"));
    assertThat(counted(engine)).isEqualTo(1);
  }

  @Test
  void goByTheLastChangeOfAnAggregate() {
    LocalEngine engine = engine(ALL);
    enter(engine, "10:00:00Z", "192.0.2.1");
    enter(engine, "10:30:00Z", "192.0.2.1");
    for (int minute = 0; minute < 60; minute++) {
      engine.advance(at(DAY + "10:30:00Z") + minute * MINUTE_MILLIS);
    }
    assertThat(counted(engine)).isEqualTo(0);
    engine.advance(at(DAY + "11:30:00Z"));
    assertThat(counted(engine)).isEqualTo(1);
    engine.advance(at(DAY + "13:00:00Z"));
    assertThat(counted(engine)).isEqualTo(1);
  }

  /** Rule that suppresses each fact whose grace is over. */
  private static final class Unanswered implements Rule {
    private final FactKind kind;
    private final RuleInfo info;

    Unanswered(FactKind kind) {
      this.kind = kind;
      this.info =
          RuleInfo.of("unanswered", 1, "Unanswered")
              .about(Subject.Kind.PRINCIPAL)
              .keeps(kind)
              .reads("SignInLogs")
              .reasons("never")
              .severities(Severity.Low)
              .gates("alone")
              .grace(Duration.ofHours(1))
              .done();
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      Facts.Draft draft = facts.about(new Subject(Subject.Kind.PRINCIPAL, "ada"), kind);
      if (kind == ALL) {
        draft.adding(IDS, event.reference().eventId());
      }
      draft.state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      for (Fact fact : day.today(kind)) {
        if (day.isGraceOver(fact)) {
          verdicts.suppressed("alone", () -> new Gates().list(), fact);
        }
      }
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Never", "Never.");
    }
  }
}
