package dev.lockstep.detections.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.detections.workload.WorkloadCredentialDrift;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Credential;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.SignIn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
    signIn(engine, new EventObserver(rules, silent), NOON);
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

  @Test
  void keepsWhatADayTaught_whenCopiesOfSomeOfItsEventsComeAfterItsFactsWereEvicted() {
    for (boolean restarts : new boolean[] {false, true}) {
      LocalEngine engine = drift();
      findsANewKey_andEvictsTheDaysBefore(engine);
      for (int day = 0; day < 8; day++) {
        engine.enter(workload(day, null));
        if (restarts) {
          engine.restart();
        }
        engine.enter(workload(day, null));
      }
      assertStillFound(engine);
    }
  }

  @Test
  void keepsWhatADayTaught_whenTheWatermarkIsUnknownOrLowerAfterAStart() {
    for (long watermark : new long[] {0, NOON, NOON + 20 * DAY_MILLIS}) {
      LocalEngine engine = drift();
      findsANewKey_andEvictsTheDaysBefore(engine);
      engine.startAnew();
      engine.advance(watermark);
      for (int day = 0; day < 8; day++) {
        engine.enter(workload(day, null));
      }
      assertStillFound(engine);
    }
  }

  @Test
  void learnsFromEventsOfADay_thatWasNotSeenBefore_afterTheWatermarkHasPassedIt() {
    LocalEngine engine = drift();
    engine.advance(NOON + 20 * DAY_MILLIS);
    for (int day = 0; day < 8; day++) {
      engine.enter(workload(day, "key-1"));
      engine.sweep();
      engine.enter(workload(day, null));
      engine.sweep();
    }
    engine.enter(workload(20, "key-1"));
    engine.enter(workload(20, "key-2"));
    engine.advance(NOON + 20 * DAY_MILLIS);
    assertThat(engine.findings())
        .singleElement()
        .extracting(Detection::getDescription)
        .asString()
        .contains("key-2")
        .doesNotContain("key-1");
  }

  private static LocalEngine drift() {
    Rule rule = new WorkloadCredentialDrift();
    Settings settings = Settings.of(rule.info(), true, false, 256, Map.of());
    List<ActiveRule> rules = List.of(new ActiveRule(0, rule, settings));
    return new LocalEngine(rules, Enrichment.none(), new MemoryRecords(), 100);
  }

  private static void findsANewKey_andEvictsTheDaysBefore(LocalEngine engine) {
    for (int day = 0; day < 8; day++) {
      engine.enter(workload(day, "key-1"));
      engine.enter(workload(day, null));
    }
    engine.enter(workload(20, "key-2"));
    engine.advance(NOON + 20 * DAY_MILLIS);
    engine.sweep();
    assertThat(engine.findings()).extracting(Detection::getReason).containsExactly("new-key");
  }

  private static void assertStillFound(LocalEngine engine) {
    engine.advance(NOON + 20 * DAY_MILLIS);
    assertThat(engine.findings()).extracting(Detection::getReason).containsExactly("new-key");
    assertThat(engine.retracted()).isZero();
  }

  /** Successful sign-in of a workload, with the id of a secret or without one. */
  private static Activity workload(int day, @Nullable String key) {
    return ActivityBuilder.event(
            ActivityKind.SIGN_IN, "ServicePrincipalSignInLogs", NOON + day * DAY_MILLIS)
        .status(0)
        .id(day + " " + key)
        .with(
            activity -> {
              activity.setPrincipal(new Principal("w1", "ci", "workload"));
              Credential credential = new Credential();
              credential.setType("clientSecret");
              credential.setKeyId(key);
              SignIn signIn = SignIn.newBuilder().build();
              signIn.setCredential(credential);
              activity.setSignIn(signIn);
            })
        .build();
  }

  private static List<ActiveRule> travel() {
    Rule rule = new ImpossibleTravel();
    return List.of(new ActiveRule(0, rule, Settings.of(rule.info(), true, false, 256, Map.of())));
  }

  private static Engine engine(List<ActiveRule> rules, MemoryRecords records, SilentEngine silent) {
    return new Engine(rules, Enrichment.none(), records, AlertSettings.NONE, silent, silent, 100);
  }

  private static void signIn(Engine engine, EventObserver observer, long at) {
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
    observer.observe(event, visit -> engine.take(new Message.OfVisit(visit)));
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
      engine.keepLessons();
    }
    EventObserver observer = new EventObserver(rules, silent);
    for (int i = 0; i < DAYS; i++) {
      signIn(engine, observer, NOON + i * DAY_MILLIS);
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
