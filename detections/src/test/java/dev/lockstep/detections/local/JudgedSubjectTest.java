package dev.lockstep.detections.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.judgement.JudgedDay;
import dev.lockstep.detections.judgement.JudgedFacts;
import dev.lockstep.detections.judgement.JudgedFacts.Outcome;
import dev.lockstep.detections.judgement.JudgedSubject;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Field;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Gates;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Promises of what the driver returns of a subject: what a rule reports, and no more. */
class JudgedSubjectTest {
  private static final Subject MIA = new Subject(Subject.Kind.PRINCIPAL, "mia");
  private static final long DAY_MILLIS = 86_400_000L;

  private final DetectionCounters counters = new DetectionCounters();

  private LocalDriver driver(Rule rule, int cap) {
    Settings settings = Settings.of(rule.info(), true, false, cap, Map.of());
    RuleSet rules = new RuleSet(List.of(new ActiveRule(0, rule, settings)), AlertSettings.NONE, 60);
    return new LocalDriver(rules, JoinableLogs.NONE, Enrichment.none(), counters, 1, false);
  }

  private static void enter(LocalDriver driver, String id, int status, long at) {
    Activity activity = ActivityBuilder.signIn("mia", at).id(id).build();
    activity.setStatus(status);
    driver.enter(new SingleObject<Activity>(Activity.getClassSchema()).encode(activity));
  }

  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");

  @Test
  void returnsEachReport_inOrder_withItsGatesAndFinding() {
    try (LocalDriver driver = driver(new ByStatus(false, false), 256)) {
      enter(driver, "one", 1, NOON);
      enter(driver, "two", 2, NOON + 60_000);
      enter(driver, "three", 3, NOON + 120_000);
      List<Detection> detections = driver.detections();
      JudgedDay day = driver.judged(MIA).days().get(0);
      assertThat(day.facts())
          .extracting(fact -> fact.number(ByStatus.STATUS))
          .containsExactly(1L, 2L, 3L);
      assertThat(day.verdicts())
          .extracting(JudgedFacts::outcome)
          .containsExactlyInAnyOrder(Outcome.FIRES, Outcome.SUPPRESSED, Outcome.PASSED);
      for (JudgedFacts verdict : day.verdicts()) {
        switch (verdict.outcome()) {
          case FIRES -> {
            assertThat(verdict.by()).containsExactly("odd");
            assertThat(verdict.finding()).isEqualTo(detections.get(0).getId());
            assertThat(verdict.gates()).isEqualTo(detections.get(0).getGates());
            assertThat(day.findings())
                .extracting(JudgedDay.GivenOut::id)
                .containsExactly(verdict.finding());
          }
          case SUPPRESSED -> assertThat(verdict.by()).containsExactly("first", "second");
          case PASSED -> assertThat(verdict.by()).containsExactly("dull");
        }
      }
    }
  }

  @Test
  void returnsLessons_ofEveryDayThatIsKept_asTheRuleShowsThem() {
    try (LocalDriver driver = driver(new ByStatus(false, false), 256)) {
      for (int i = 0; i < 50; i++) {
        enter(driver, "event-" + i, 3, NOON + i * DAY_MILLIS);
        driver.watermark(NOON + i * DAY_MILLIS);
      }
      JudgedSubject judged = driver.judged(MIA);
      assertThat(judged.days()).hasSize(50);
      assertThat(judged.lessons())
          .singleElement()
          .satisfies(
              lesson -> {
                assertThat(lesson.shown()).isEqualTo("as people read it: events");
                assertThat(lesson.amounts()).hasSize(50);
              });
    }
  }

  @Test
  void namesTheFailure_whereARuleThrowsInJudge() {
    try (LocalDriver driver = driver(new ByStatus(true, false), 256)) {
      enter(driver, "one", 1, NOON);
      assertThat(driver.detections()).isEmpty();
      Map<String, Long> counted = counters.ruleFailures();
      assertThat(counted).containsOnlyKeys("by-status");
      JudgedDay day = driver.judged(MIA).days().get(0);
      assertThat(day.failure()).contains("cannot judge");
      assertThat(day.verdicts()).isEmpty();
      assertThat(day.facts()).hasSize(1);
      assertThat(counters.ruleFailures()).as("asking is no failure").isEqualTo(counted);
    }
  }

  @Test
  void namesTheFailure_whereARuleThrowsInItsGates() {
    try (LocalDriver driver = driver(new ByStatus(false, true), 256)) {
      enter(driver, "two", 2, NOON);
      JudgedFacts verdict = driver.judged(MIA).days().get(0).verdicts().get(0);
      assertThat(verdict.gates())
          .singleElement()
          .satisfies(gate -> assertThat(gate.getVerdict()).isEqualTo("failed"));
    }
  }

  @Test
  void namesTheClassOfAFailure_whoseOwnTextFails() {
    RuntimeException failure =
        new RuntimeException() {
          @Override
          public String getMessage() {
            throw new IllegalStateException("no text");
          }
        };
    try (LocalDriver driver = driver(new ByStatus(failure, failure), 256)) {
      enter(driver, "one", 1, NOON);
      JudgedDay day = driver.judged(MIA).days().get(0);
      assertThat(day.failure())
          .contains("whose own text cannot be read")
          .contains(failure.getClass().getName());
    }
    try (LocalDriver driver = driver(new ByStatus(null, failure), 256)) {
      enter(driver, "two", 2, NOON);
      JudgedFacts verdict = driver.judged(MIA).days().get(0).verdicts().get(0);
      assertThat(verdict.gates().get(0).getNumbers().get("failure").toString())
          .contains("whose own text cannot be read");
    }
  }

  @Test
  void saysWhereMoreCame_thanIsKept() {
    try (LocalDriver driver = driver(new ByStatus(false, false), 8)) {
      for (int i = 0; i < 40; i++) {
        enter(driver, "event-" + i, 10 + i, NOON + i * 1_000L);
      }
      JudgedDay day = driver.judged(MIA).days().get(0);
      assertThat(day.overflow()).isTrue();
      assertThat(day.facts().size()).isBetween(1, 8);
    }
  }

  /** Rule that fires for status 1, suppresses 2 by two gates, and lets the rest pass. */
  private static final class ByStatus implements Rule {
    private static final Field STATUS = Field.number("status");
    private static final FactKind EVENT = FactKind.named("event", STATUS).declare();
    private static final RuleInfo INFO =
        RuleInfo.of("by-status", 1, "By status")
            .about(Subject.Kind.PRINCIPAL)
            .keeps(EVENT)
            .reasons("odd")
            .severities(Severity.Low)
            .gates("first", "second")
            .learnsFrom(5)
            .keptFor(40)
            .done();

    private final @Nullable RuntimeException ofJudge;
    private final @Nullable RuntimeException ofGates;

    ByStatus(boolean throwsInJudge, boolean throwsInGates) {
      this(
          throwsInJudge ? new IllegalStateException("cannot judge") : null,
          throwsInGates ? new IllegalStateException("cannot tell the gates") : null);
    }

    /** Creates one that throws these exceptions, if any, when it judges or tells its gates. */
    ByStatus(@Nullable RuntimeException ofJudge, @Nullable RuntimeException ofGates) {
      this.ofJudge = ofJudge;
      this.ofGates = ofGates;
    }

    @Override
    public RuleInfo info() {
      return INFO;
    }

    @Override
    public void observe(Event event, Facts facts) {
      facts.about(MIA, EVENT).with(STATUS, event.activity().getStatus()).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      if (ofJudge != null) {
        throw ofJudge;
      }
      for (Fact fact : day.today()) {
        long status = fact.number(STATUS);
        if (status == 1) {
          verdicts.fires("odd", Severity.Low, () -> gates(null), fact);
        } else if (status == 2) {
          verdicts.suppressed("first", () -> gates(ofGates), fact);
          verdicts.suppressed("second", () -> gates(ofGates), fact);
        } else {
          verdicts.passed("dull", List::of, fact);
        }
      }
    }

    private static List<GateChecked> gates(@Nullable RuntimeException failure) {
      if (failure != null) {
        throw failure;
      }
      return new Gates().passes("first", "limitKm", 5.0).list();
    }

    @Override
    public void learn(Day day, Lessons lessons) {
      lessons.teach("events", day.facts().size());
    }

    @Override
    public String shown(String kept) {
      return "as people read it: " + kept;
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Odd", "A status that is odd.");
    }
  }
}
