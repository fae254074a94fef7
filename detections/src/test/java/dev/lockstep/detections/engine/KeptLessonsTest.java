package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.message.EngineCounts;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Observation;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Contribution;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Promises of an engine that keeps lessons: an old day is judged by what it was judged by. */
class KeptLessonsTest {
  private static final Subject MIA = new Subject(Subject.Kind.PRINCIPAL, "mia");
  private static final long NOON = ActivityBuilder.at("2026-06-01T12:00:00Z");
  private static final int DAYS = 100;

  @Test
  void keepsWhatEveryDayTaught_beyondTheDaysThatMayNeedIt() {
    assertThat(daysLearned(true)).isEqualTo(DAYS);
    assertThat(daysLearned(false)).isLessThan(DAYS);
  }

  private static int daysLearned(boolean keeps) {
    Rule rule = new ImpossibleTravel();
    Settings settings = Settings.of(rule.info(), true, false, 256, Map.of());
    List<ActiveRule> rules = List.of(new ActiveRule(0, rule, settings));
    Silent silent = new Silent();
    Engine engine =
        new Engine(
            rules, Enrichment.none(), new MemoryRecords(), AlertSettings.NONE, silent, silent, 100);
    if (keeps) {
      engine.keepsLessons();
    }
    Observation observation = new Observation(rules, silent);
    for (int i = 0; i < DAYS; i++) {
      Event event =
          new Event(
              ActivityBuilder.signIn("mia", NOON + i * 86_400_000L)
                  .from("192.0.2.7")
                  .in("DE", "Hamburg", 53.5, 10.0)
                  .build(),
              Enrichment.none(),
              Event.Claims.ABSENT,
              false,
              false);
      observation.observe(event, visit -> engine.take(new Message.OfVisit(visit)));
      engine.flush();
      engine.write();
    }
    JudgedSubject judged = engine.judged(MIA);
    assertThat(judged.days()).hasSize(DAYS);
    return judged.lessons().stream()
        .filter(lesson -> lesson.shown().equals("Hamburg, DE"))
        .findFirst()
        .orElseThrow()
        .amounts()
        .size();
  }

  /** Output and counters that nobody reads. */
  private static final class Silent implements Output, EngineCounts, Observation.Counts {
    @Override
    public void message(Message message) {}

    @Override
    public void contribution(Contribution contribution, long arrivalAt) {}

    @Override
    public void confirmation(
        String finding,
        AlertOnSubject alert,
        boolean isNamed,
        @Nullable String address,
        boolean stands) {}

    @Override
    public void suppressed(String rule, String gate) {}

    @Override
    public void counted(String rule, String name) {}

    @Override
    public void failed(String rule, String what, Throwable failure) {
      throw new AssertionError(failure);
    }
  }
}
