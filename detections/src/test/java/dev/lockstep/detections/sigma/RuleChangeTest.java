package dev.lockstep.detections.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.kit.LocalEngine;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** State of Sigma rules that change while the engine works. */
final class RuleChangeTest {
  private static final long START = ActivityBuilder.at("2026-11-19T10:00:00Z");
  private static final long DAY = Duration.ofDays(1).toMillis();

  private int ids; // distinguishes events

  private static String rule(String title, String level, String action) {
    return """
        title: %s
        id: 3f3ee5fa-5cf3-4ed7-a2a4-2ad5d06a0001
        name: failed
        level: %s
        logsource: {product: azure, service: auditlogs}
        detection:
          selection:
            properties.action: %s
          condition: selection
        """
        .formatted(title, level, action);
  }

  private static String counted(String condition) {
    return rule("Failed", "low", "failed_logon")
        + """
          ---
          title: Many
          id: 3f3ee5fa-5cf3-4ed7-a2a4-2ad5d06a0002
          level: high
          correlation:
            type: event_count
            rules: [failed]
            group-by: [properties.user]
            timespan: 5m
            condition: {%s}
          """
            .formatted(condition);
  }

  private Activity event(long at, String user) {
    return ActivityBuilder.event(ActivityKind.AUDIT, "AuditLogs", at)
        .id("id" + ids++)
        .by("principal-" + user)
        .raw("properties.action", "failed_logon")
        .raw("properties.user", user)
        .build();
  }

  private void enter(LocalEngine engine, long from, String user, int events) {
    for (int i = 0; i < events; i++) {
      engine.enter(event(from + i * 1_000L, user));
    }
  }

  private static List<String> counts(LocalEngine engine) {
    return engine.findings().stream()
        .map(found -> found.getGroup() + " " + found.getCount())
        .sorted()
        .toList();
  }

  @Test
  void keepsItsState_whenTitleAndLevelChange() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(rule("One", "low", "failed_logon")));
    engine.enter(event(START, "ann"));
    engine.use(SigmaRun.rules(rule("Other", "high", "failed_logon")));
    engine.enter(event(START + 60_000, "ann"));

    List<Detection> findings = engine.findings();
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).getCount()).isEqualTo(2);
    assertThat(findings.get(0).getTitle()).isEqualTo("Other");
    assertThat(findings.get(0).getSeverity()).hasToString("High");
  }

  @Test
  void startsAnew_whenItsSelectionChanges_andFindsItsStateWhenItIsTakenBack() {
    String first = rule("One", "low", "failed_logon");
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(first));
    enter(engine, START, "ann", 1);
    enter(engine, START + 60_000, "ann", 1);
    engine.use(SigmaRun.rules(rule("One", "low", "[failed_logon, other]")));
    assertThat(engine.findings()).hasSize(1); // what was given out stays
    enter(engine, START + 120_000, "ann", 1);
    assertThat(engine.findings()).hasSize(1);
    assertThat(engine.findings().get(0).getCount()).isEqualTo(1);

    engine.use(SigmaRun.rules(first));
    enter(engine, START + 180_000, "ann", 1);
    assertThat(engine.findings()).hasSize(1);
    assertThat(engine.findings().get(0).getCount()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gte: 3", "gte: 3, lt: 100"}) // at once, and after an hour
  void holdsARaisedThreshold_fromTheNextDay_forAGroupThatHasFired(String before) {
    String after = before.replace("gte: 3", "gte: 5");
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(counted(before)));
    enter(engine, START, "ann", 3);
    enter(engine, START, "bob", 2);
    engine.advance(START + Duration.ofHours(2).toMillis());
    List<String> fired = counts(engine);
    assertThat(fired).containsExactly("{properties.user=ann} 3");

    engine.use(SigmaRun.rules(counted(after)));
    enter(engine, START + 10_000, "ann", 1);
    enter(engine, START + 10_000, "bob", 2);
    engine.advance(START + Duration.ofHours(4).toMillis());
    assertThat(counts(engine)).hasSize(1).first().asString().startsWith("{properties.user=ann}");

    engine.restart();
    enter(engine, START + 20_000, "ann", 1);
    enter(engine, START + 20_000, "bob", 1);
    engine.advance(START + Duration.ofHours(6).toMillis());
    assertThat(counts(engine)).hasSize(2);

    enter(engine, START + DAY, "ann", 4);
    engine.advance(START + DAY + Duration.ofHours(2).toMillis());
    assertThat(counts(engine)).hasSize(2);
    enter(engine, START + DAY + 10_000, "ann", 1);
    engine.advance(START + DAY + Duration.ofHours(4).toMillis());
    assertThat(counts(engine)).hasSize(3);
  }

  @Test
  void holdsALoweredThreshold_fromTheNextEventOfAGroup() {
    LocalEngine engine = SigmaRun.engine(SigmaRun.rules(counted("gte: 5")));
    enter(engine, START, "ann", 3);
    engine.use(SigmaRun.rules(counted("gte: 3")));
    assertThat(engine.findings()).isEmpty();
    enter(engine, START + 10_000, "ann", 1);
    assertThat(counts(engine)).containsExactly("{properties.user=ann} 3");
  }
}
