package dev.lockstep.detections.local;

import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.engine.FaultyRule;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.text.AvroJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A rule that fails or states too much changes no byte of another rule's findings but the incident
 * that they make with its own.
 */
final class RuleIsolationTest {
  private final DetectionCounters counters = new DetectionCounters();

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("broken"),
        new NoSuchMethodError("another version"),
        new StackOverflowError(),
        new AssertionError("no"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void losesItsFactsOfTheEventAlone_whenObserveThrows(Throwable failure) {
    FaultyRule rule = new FaultyRule(true);
    rule.observing =
        event -> {
          if (event.at() % 7_200_000 == 0) {
            FaultyRule.throwing(failure).run();
          }
        };
    assertThat(others(run(rule, 2))).isEqualTo(alone()).isNotEmpty();
    assertThat(own(run(rule, 1)))
        .hasSize(10)
        .allMatch(one -> one.getCount() == 1); // one of two sign-ins
    assertThat(counters.ruleFailures()).containsOnlyKeys(FaultyRule.ID);
    assertThat(counters.failures().get(FaultyRule.ID)).containsOnlyKeys("observe");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void harmsNoOther_whenItThrowsEverywhere(Throwable failure) {
    FaultyRule rule = new FaultyRule(false);
    rule.judging = FaultyRule.throwing(failure);
    rule.telling = finding -> FaultyRule.throwing(failure).run();
    List<Detection> found = run(rule, 2);
    assertThat(own(found)).isEmpty();
    assertThat(others(found)).isEqualTo(alone());
    assertThat(counters.failures().get(FaultyRule.ID)).containsKey("judge");
  }

  @Test
  void boundsFacts_whereThousandsDiffer() {
    FaultyRule rule = new FaultyRule(true);
    rule.marks = () -> IntStream.range(0, 10_000).mapToObj(Integer::toString).toList();
    List<Detection> found = run(rule, 2);
    assertThat(others(found)).isEqualTo(alone()).isNotEmpty();
    assertThat(own(found))
        .hasSize(10)
        .allMatch(one -> one.getCount() == 256 && Boolean.TRUE.equals(one.getOverflow()));
    assertThat(counters.ruleFailures()).isEmpty();
  }

  @Test
  void boundsTexts_ofAMegabyte() {
    FaultyRule rule = new FaultyRule(true);
    String end = "x".repeat(1 << 20);
    rule.marks = () -> List.of("one" + end, "two" + end, end + "three", end + "four");
    List<Detection> found = run(rule, 2);
    assertThat(others(found)).isEqualTo(alone());
    assertThat(own(found)).hasSize(10).allMatch(one -> one.getCount() == 8);
    assertThat(found).allMatch(one -> AvroJson.of(one).length() < 100_000);
  }

  @Test
  void losesAnEvent_ofWhichItStatesWithoutEnd() {
    FaultyRule rule = new FaultyRule(true);
    rule.marks = () -> IntStream.range(0, 1 << 20).mapToObj(Integer::toString).toList();
    List<Detection> found = run(rule, 2);
    assertThat(own(found)).isEmpty();
    assertThat(others(found)).isEqualTo(alone());
    assertThat(counters.failures().get(FaultyRule.ID)).containsOnlyKeys("observe");
  }

  /** Returns the findings of the built-in rules where no other runs beside them. */
  private static List<String> alone() {
    return Alone.FOUND;
  }

  private static final class Alone {
    private static final List<String> FOUND = others(run(null, 2, new DetectionCounters()));
  }

  private static List<String> others(List<Detection> found) {
    return found.stream()
        .filter(one -> !one.getRule().equals(FaultyRule.ID))
        .map(one -> Detection.newBuilder(one).setRevision(0).setCorrelationId(null).build())
        .map(AvroJson::of)
        .toList();
  }

  private static List<Detection> own(List<Detection> found) {
    return found.stream().filter(one -> one.getRule().equals(FaultyRule.ID)).toList();
  }

  private List<Detection> run(FaultyRule faulty, int threads) {
    return run(faulty, threads, counters);
  }

  private static List<Detection> run(
      @Nullable FaultyRule faulty, int threads, DetectionCounters counters) {
    List<Rule> all = new ArrayList<>();
    if (faulty != null) {
      all.add(faulty);
    }
    all.addAll(BuiltInRules.all());
    List<ActiveRule> rules = new ArrayList<>();
    for (Rule rule : all) {
      rules.add(
          new ActiveRule(rules.size(), rule, Settings.of(rule.info(), true, false, 256, Map.of())));
    }
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    try (LocalDriver driver =
        new LocalDriver(
            new RuleSet(rules, AlertSettings.NONE, 60),
            JoinableLogs.NONE,
            Enrichment.none(),
            counters,
            threads,
            true)) {
      for (int i = 0; i < 20; i++) {
        driver.enter(
            codec.encode(
                signIn("user-" + i / 2, "2026-11-19T%02d:00:00Z".formatted(10 + i % 2))
                    .from("192.0.%d.1".formatted(i))
                    .in("GB", i % 2 == 0 ? "London" : "Perth", i % 2 == 0 ? 51.5 : -31.9, 0.0)
                    .build()));
      }
      return driver.detections();
    }
  }
}
