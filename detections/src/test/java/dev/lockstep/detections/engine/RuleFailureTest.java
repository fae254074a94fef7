package dev.lockstep.detections.engine;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.judgement.JudgementTimer;
import dev.lockstep.detections.message.EventObserver;
import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.storage.MemoryRecords;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Promises for a day whose rule fails: its findings stay, and are right once the rule is well. */
final class RuleFailureTest implements SilentEngine {
  private static final String DAY = "2026-11-19T";

  private final List<String> failures = new ArrayList<>();
  private final List<String> slow = new ArrayList<>();
  private final List<Detection> given = new ArrayList<>();
  private final Map<String, Detection> latest = new HashMap<>();
  private final MemoryRecords records = new MemoryRecords();
  private @Nullable Engine engine;
  private @Nullable EventObserver observer;

  private FaultyRule start(boolean byChange) {
    FaultyRule rule = new FaultyRule(byChange);
    List<ActiveRule> rules =
        List.of(new ActiveRule(0, rule, Settings.of(rule.info(), true, false, 8, Map.of())));
    observer = new EventObserver(rules, this);
    engine = new Engine(rules, Enrichment.none(), records, AlertSettings.NONE, this, this, 100);
    return rule;
  }

  private Engine engine() {
    return Objects.requireNonNull(engine);
  }

  private void enter(String time, String address) {
    Event event =
        new Event(
            signIn("ada", DAY + time).from(address).build(),
            Enrichment.none(),
            Event.Claims.ABSENT,
            false,
            false);
    Objects.requireNonNull(observer)
        .observe(event, visit -> engine().take(new Message.OfVisit(visit)));
  }

  private Collection<Detection> flushed() {
    engine().flush();
    return latest.values();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsTheVerdictOfADay_whenJudgeThrows(boolean byChange) {
    FaultyRule rule = start(byChange);
    enter("10:00:00Z", "192.0.2.1");
    assertThat(flushed()).singleElement().matches(one -> one.getCount() == 1);
    rule.judging = FaultyRule.throwing(new NoClassDefFoundError("gone"));
    enter("11:00:00Z", "198.51.100.1");
    enter("12:00:00Z", "192.0.2.1");
    assertThat(flushed()).singleElement().matches(one -> one.getReason().equals("seen"));
    assertThat(given).hasSize(1);
    assertThat(failures).isNotEmpty().allMatch(one -> one.equals("faulty judge"));
    rule.judging = () -> {};
    enter("13:00:00Z", "203.0.113.1");
    assertThat(flushed()).singleElement().matches(one -> one.getCount() == 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsTheVerdictOfADayThatIsReadFromItsRecords_whenJudgeThrows(boolean byChange) {
    FaultyRule rule = start(byChange);
    enter("10:00:00Z", "192.0.2.1");
    engine().close();
    rule.judging = FaultyRule.throwing(new StackOverflowError());
    enter("11:00:00Z", "198.51.100.1");
    engine().close();
    enter("12:00:00Z", "203.0.113.1");
    assertThat(flushed()).singleElement().matches(one -> one.getReason().equals("seen"));
    assertThat(given).hasSize(1);
    rule.judging = () -> {};
    enter("13:00:00Z", "203.0.113.9");
    assertThat(flushed()).singleElement().matches(one -> one.getCount() == 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void keepsTheVerdictOfADayOfWhichFactsWent_whenJudgeThrows(boolean byChange) {
    FaultyRule rule = start(byChange);
    for (int i = 1; i <= 20; i++) {
      enter("10:%02d:00Z".formatted(i), "192.0.%d.1".formatted(i));
    }
    assertThat(flushed())
        .singleElement()
        .matches(one -> Boolean.TRUE.equals(one.getOverflow()) && one.getCount() == 8);
    int before = given.size();
    rule.judging = FaultyRule.throwing(new IllegalStateException("broken"));
    for (int i = 21; i <= 40; i++) {
      enter("10:%02d:00Z".formatted(i), "192.0.%d.1".formatted(i));
    }
    assertThat(flushed()).singleElement().matches(one -> one.getReason().equals("seen"));
    assertThat(given).hasSize(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void leavesAFindingAsItWas_whenTellThrows(boolean byChange) {
    FaultyRule rule = start(byChange);
    enter("10:00:00Z", "192.0.2.1");
    flushed();
    rule.telling = finding -> FaultyRule.throwing(new AssertionError("no")).run();
    enter("11:00:00Z", "198.51.100.1");
    assertThat(flushed()).singleElement().matches(one -> one.getCount() == 1);
    assertThat(failures).contains("faulty tell");
    rule.telling = finding -> {};
    enter("12:00:00Z", "203.0.113.1");
    assertThat(flushed()).singleElement().matches(one -> one.getCount() == 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void survivesWhatARuleOfAnotherLanguageThrows(boolean byChange) {
    for (Throwable failure :
        List.of(new IOException("no"), new ServiceConfigurationError("no provider"))) {
      FaultyRule rule = start(byChange);
      rule.observing = event -> FaultyRule.throwing(failure).run();
      enter("09:00:00Z", "192.0.2.1");
      rule.observing = event -> {};
      rule.judging = FaultyRule.throwing(failure);
      enter("10:00:00Z", "192.0.2.1");
      rule.judging = () -> {};
      rule.telling = finding -> FaultyRule.throwing(failure).run();
      enter("11:00:00Z", "192.0.2.1");
      flushed();
      assertThat(failures).contains("faulty observe", "faulty judge", "faulty tell");
      failures.clear();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void namesASlowJudgement_whoseVerdictHolds(boolean byChange) {
    FaultyRule rule = start(byChange);
    long[] now = {0};
    engine().judgements(new JudgementTimer(() -> now[0], () -> 0));
    rule.judging = () -> now[0] += 1_500_000_000L;
    enter("10:00:00Z", "192.0.2.1");
    assertThat(flushed()).hasSize(1);
    assertThat(slow).contains("faulty 1500").hasSizeLessThan(3);
  }

  @Override
  public void failed(String rule, String what, Throwable failure) {
    failures.add(rule + " " + what);
  }

  @Override
  public void slow(String rule, long millis) {
    slow.add(rule + " " + millis);
  }

  @Override
  public void contribution(Contribution contribution) {
    Detection detection = Objects.requireNonNull(contribution.getDetection());
    given.add(detection);
    latest.put(detection.getId(), detection);
  }
}
