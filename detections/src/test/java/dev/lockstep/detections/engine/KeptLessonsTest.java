package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Observation;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Promises of an engine that keeps lessons: an old day is judged by what it was judged by. */
class KeptLessonsTest {
  private static final Subject MIA = new Subject(Subject.Kind.PRINCIPAL, "mia");
  private static final long NOON = ActivityBuilder.at("2026-06-01T12:00:00Z");
  private static final int DAYS = 100;
  private static final long DAY_MILLIS = 86_400_000L;

  @Test
  void keepsWhatEveryDayTaught_beyondTheDaysThatMayNeedIt() {
    assertThat(daysLearned(true, true)).isEqualTo(DAYS);
    assertThat(daysLearned(false, true)).isLessThan(DAYS);
  }

  @Test
  void keepsWhatEarlyDaysTaught_whileEventsOfTheNextDaysMayStillCome() {
    assertThat(daysLearned(false, false)).as("the watermark does not pass").isEqualTo(DAYS);
  }

  @Test
  void learnsFromADay_beforeItsFactsGo_ofASubjectThatNobodyVisitsAnyMore() {
    SilentEngine silent = new SilentEngine() {};
    List<ActiveRule> rules = travel();
    MemoryRecords records = new MemoryRecords();
    Engine engine = engine(rules, records, silent);
    signIn(engine, new Observation(rules, silent), NOON);
    engine.close();
    Engine next = engine(rules, records, silent);
    next.advance(NOON + 40 * DAY_MILLIS, NOON + 40 * DAY_MILLIS);
    while (next.sweep(1)) {
      next.write();
    }
    next.close();
    JudgedSubject judged = engine(rules, records, silent).judged(MIA);
    assertThat(judged.days()).isEmpty();
    assertThat(daysIn(judged)).isEqualTo(1);
  }

  private static List<ActiveRule> travel() {
    Rule rule = new ImpossibleTravel();
    return List.of(new ActiveRule(0, rule, Settings.of(rule.info(), true, false, 256, Map.of())));
  }

  private static Engine engine(List<ActiveRule> rules, MemoryRecords records, SilentEngine silent) {
    return new Engine(rules, Enrichment.none(), records, AlertSettings.NONE, silent, silent, 100);
  }

  private static void signIn(Engine engine, Observation observation, long at) {
    Event event =
        new Event(
            ActivityBuilder.signIn("mia", at)
                .from("192.0.2.7")
                .in("DE", "Hamburg", 53.5, 10.0)
                .build(),
            Enrichment.none(),
            Event.Claims.ABSENT,
            false,
            false);
    observation.observe(event, visit -> engine.take(new Message.OfVisit(visit)));
  }

  private static int daysIn(JudgedSubject judged) {
    return judged.lessons().stream()
        .filter(lesson -> lesson.shown().equals("Hamburg, DE"))
        .findFirst()
        .orElseThrow()
        .amounts()
        .size();
  }

  private static int daysLearned(boolean keeps, boolean passes) {
    List<ActiveRule> rules = travel();
    SilentEngine silent = new SilentEngine() {};
    Engine engine = engine(rules, new MemoryRecords(), silent);
    if (keeps) {
      engine.keepsLessons();
    }
    Observation observation = new Observation(rules, silent);
    for (int i = 0; i < DAYS; i++) {
      signIn(engine, observation, NOON + i * DAY_MILLIS);
      if (passes) {
        engine.advance(NOON + i * DAY_MILLIS, NOON + i * DAY_MILLIS);
      }
      engine.flush();
      engine.write();
    }
    JudgedSubject judged = engine.judged(MIA);
    assertThat(judged.days()).hasSize(DAYS);
    return daysIn(judged);
  }
}
