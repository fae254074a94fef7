package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RuleFailureCheckTest {
  private long nanos = -5;
  private final RuleFailureCheck check = new RuleFailureCheck(() -> nanos);

  @Test
  void namesEachRule_theNumberAndTheFix() {
    assertThat(check.found(Map.of())).isEmpty();
    assertThat(check.found(Map.of("impossible-travel", 1_204L)))
        .containsExactly(
            "detect: rule impossible-travel failed, 1,204 times since the start and the last within"
                + " an hour, so findings may be missing; the log has the first failure with its"
                + " place; report it to the author of the rule, or set"
                + " rules.impossible-travel.enabled: false");
    assertThat(check.found(Map.of("impossible-travel", 1_204L, "token-replay", 1L))).hasSize(2);
  }

  @Test
  void givesOtherAdvice_whereThePassOverAllSigmaRulesFailed() {
    assertThat(check.found(Map.of("sigma", 1L)))
        .containsExactly(
            "detect: the pass over all Sigma rules failed, 1 time since the start and the last"
                + " within an hour, so findings may be missing; the log has the first failure with"
                + " its place; report this bug");
  }

  @Test
  void endsAnHourAfterTheLastFailure() {
    check.look(Map.of("impossible-travel", 1L));
    nanos += Duration.ofMinutes(50).toNanos();
    check.look(Map.of("impossible-travel", 2L));
    nanos += Duration.ofMinutes(59).toNanos();
    assertThat(check.found(Map.of("impossible-travel", 2L))).hasSize(1);
    nanos += Duration.ofMinutes(1).toNanos();
    assertThat(check.found(Map.of("impossible-travel", 2L))).isEmpty();
    assertThat(check.found(Map.of("impossible-travel", 3L))).hasSize(1);
  }
}
