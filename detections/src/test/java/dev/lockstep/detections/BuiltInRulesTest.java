package dev.lockstep.detections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.rule.RuleVariant;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import java.util.ArrayList;
import java.util.List;
import org.example.rules.CallWithoutSignIn;
import org.example.rules.WrongPasswords;
import org.junit.jupiter.api.Test;

final class BuiltInRulesTest {
  private static RuleSet with(List<Rule> rules) {
    List<ActiveRule> active = new ArrayList<>();
    for (Rule rule : rules) {
      active.add(new ActiveRule(active.size(), rule, Settings.defaults(rule.info())));
    }
    return new RuleSet(active, AlertSettings.NONE, 0);
  }

  @Test
  void passTheCheckOfRulesInJars() {
    assertThat(BuiltInRules.all()).isNotEmpty();
    for (Rule rule : BuiltInRules.all()) {
      assertThat(rule.info().problem()).as(rule.info().id()).isNull();
    }
  }

  @Test
  void countNoCalls_thatAreAlike() {
    assertThat(BuiltInRules.needsAllCallsWithoutClaims(with(BuiltInRules.all()))).isFalse();
  }

  @Test
  void countNoCalls_asVariantsEither() {
    List<Rule> variants =
        BuiltInRules.all().stream().map(rule -> RuleVariant.of(rule, "tight")).toList();
    assertThat(BuiltInRules.needsAllCallsWithoutClaims(with(variants))).isFalse();
    Rule ofJar = RuleVariant.of(new CallWithoutSignIn(), "tight");
    assertThat(BuiltInRules.needsAllCallsWithoutClaims(with(List.of(ofJar)))).isTrue();
  }

  @Test
  void mayStandBesideARuleOfAJar_thatCountsCalls() {
    assertThat(BuiltInRules.needsAllCallsWithoutClaims(with(List.of(new CallWithoutSignIn()))))
        .isTrue();
    assertThat(BuiltInRules.needsAllCallsWithoutClaims(with(List.of(new WrongPasswords()))))
        .isFalse();
  }
}
