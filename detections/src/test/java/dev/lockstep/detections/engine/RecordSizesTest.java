package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.state.SubjectKey;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.FactKind;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Promises of how large a state record gets, whatever a rule teaches or fires for. */
final class RecordSizesTest implements SilentEngine {
  private static final Subject ADA = new Subject(Subject.Kind.PRINCIPAL, "ada");
  private static final long NOON = at("2026-03-02T12:00:00Z");
  private static final long DAY_MILLIS = 86_400_000L;
  private static final int MOST_BYTES = 512 * 1024;

  private final List<String> failures = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private final Set<String> given = new TreeSet<>();
  private final Set<String> withdrawn = new TreeSet<>();
  private final MemoryRecords records = new MemoryRecords();

  /** Rule that teaches new traits each day, and fires for findings with long texts. */
  private static class Talkative implements Rule {
    private static final FactKind SIGN_IN = FactKind.named("sign-in").minutes().declare();

    private final RuleInfo info;
    private final int taught;
    private final int findings;
    private final String part;

    Talkative(boolean isOfJar, int taught, int findings, String part) {
      RuleInfo.Builder builder =
          RuleInfo.of("talkative", 1, "Talkative")
              .correlates("identity")
              .about(Subject.Kind.PRINCIPAL)
              .keeps(SIGN_IN)
              .reads("SignInLogs")
              .reasons("seen")
              .severities(Severity.Medium)
              .learnsFrom(30);
      this.info = (isOfJar ? builder.builtFor(Rule.INTERFACE) : builder).done();
      this.taught = taught;
      this.findings = findings;
      this.part = part;
    }

    @Override
    public RuleInfo info() {
      return info;
    }

    @Override
    public void observe(Event event, Facts facts) {
      facts.about(ADA, SIGN_IN).state();
    }

    @Override
    public void judge(Case day, Verdicts verdicts) {
      Fact[] facts = day.today().toArray(Fact[]::new);
      for (int i = 0; i < findings; i++) {
        verdicts.fires("seen", Severity.Medium, List::of, facts).in(part + i);
      }
    }

    @Override
    public void learn(Day day, Lessons lessons) {
      if (taught > 0) {
        lessons.teach(day.day() + "x".repeat(taught));
      }
    }

    @Override
    public Words tell(Finding finding) {
      return Words.of("Seen", "Seen.");
    }
  }

  private Engine run(Talkative rule, int days, int cap, boolean isReplay) {
    List<ActiveRule> rules =
        List.of(new ActiveRule(0, rule, Settings.of(rule.info(), true, false, cap, Map.of())));
    EventObserver observer = new EventObserver(rules, this);
    Engine engine =
        new Engine(rules, Enrichment.none(), records, AlertSettings.NONE, this, this, 100);
    if (isReplay) {
      engine.keepLessons();
    }
    for (int i = 0; i < days; i++) {
      long now = NOON + i * DAY_MILLIS;
      Event event =
          new Event(
              ActivityBuilder.signIn("ada", now).build(),
              Enrichment.none(),
              Event.Claims.ABSENT,
              false,
              false);
      observer.observe(event, visit -> engine.take(new Message.OfVisit(visit)));
      engine.advance(now, now);
      engine.flush();
      engine.write();
    }
    return engine;
  }

  private int largestRecord() {
    int[] largest = {0};
    records.read(
        SubjectKey.of(ADA),
        new byte[0],
        new byte[] {-1, -1, -1, -1, -1},
        (key, value) -> largest[0] = Math.max(largest[0], value.length));
    return largest[0];
  }

  private static int daysLearned(Engine engine) {
    return engine.judged(ADA).lessons().size();
  }

  @Test
  void refusesLessons_ofSeveralDaysThatNoRecordHoldsTogether() {
    Engine engine = run(new Talkative(true, 60_000, 0, ""), 20, 256, false);
    assertThat(failures).hasSizeGreaterThan(5).containsOnly("talkative learn");
    assertThat(reasons.get(0))
        .startsWith("the lessons of one subject take 540")
        .contains("learn from fewer days");
    assertThat(daysLearned(engine)).as("the days that taught before").isEqualTo(8);
    assertThat(largestRecord()).isBetween(400_000, MOST_BYTES);
  }

  @Test
  void learnsAgain_onceOldLessonsAreDropped() {
    Engine engine = run(new Talkative(true, 60_000, 0, ""), 200, 256, false);
    assertThat(engine.judged(ADA).lessons())
        .allMatch(lesson -> lesson.amounts().firstKey() > NOON / DAY_MILLIS + 100)
        .isNotEmpty();
    assertThat(largestRecord()).isLessThanOrEqualTo(MOST_BYTES);
  }

  @Test
  void countsTextsOfTwoBytes_byTheirBytes() {
    Talkative rule =
        new Talkative(true, 0, 0, "") {
          @Override
          public void learn(Day day, Lessons lessons) {
            lessons.teach(day.day() + "é".repeat(60_000));
          }
        };
    assertThat(daysLearned(run(rule, 20, 256, false))).isEqualTo(4);
    assertThat(largestRecord()).isLessThanOrEqualTo(MOST_BYTES);
  }

  @Test
  void refusesNoLessons_thatOnlyAReplayStillKeeps() {
    Engine engine = run(new Talkative(true, 5_000, 0, ""), 200, 256, true);
    assertThat(failures).isEmpty();
    assertThat(daysLearned(engine)).isGreaterThan(190);
    assertThat(largestRecord()).isGreaterThan(MOST_BYTES);
  }

  @Test
  void refusesNoLessons_thatRepeatTheTraitsOfOtherDays() {
    Talkative rule =
        new Talkative(true, 0, 0, "") {
          @Override
          public void learn(Day day, Lessons lessons) {
            lessons.teach("x".repeat(60_000), day.day());
          }
        };
    run(rule, 40, 256, false);
    assertThat(failures).isEmpty();
  }

  @Test
  void refusesFindings_ofADayThatNoRecordHoldsTogether() {
    run(new Talkative(true, 0, 256, "é".repeat(2_000)), 1, 256, false);
    assertThat(failures).isNotEmpty().containsOnly("talkative tell");
    assertThat(reasons.get(0)).startsWith("the findings of one subject and day take 52");
    assertThat(given).hasSizeBetween(120, 131);
    assertThat(withdrawn).isEmpty();
    assertThat(largestRecord()).isBetween(400_000, MOST_BYTES);
  }

  @Test
  void refusesFindings_ofABuiltInRuleWithAVeryLargeCap() {
    run(new Talkative(false, 0, 4_000, "x".repeat(200)), 1, 65_536, false);
    assertThat(failures).isNotEmpty().containsOnly("talkative tell");
    assertThat(given).hasSizeBetween(2_000, 2_600);
    assertThat(largestRecord()).isBetween(400_000, MOST_BYTES);
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    failures.add(rule + " " + what);
    reasons.add(String.valueOf(failure.getMessage()));
  }

  @Override
  public void contribution(Contribution contribution) {
    String id = contribution.getDetection().getId();
    if (contribution.getDetection().getReason().equals("withdrawn")) {
      withdrawn.add(id);
    } else {
      given.add(id);
    }
  }
}
