package dev.lockstep.app;

import dev.lockstep.detections.RuleSettings;
import java.util.Objects;

/** Settings of the built-in rules in the form that the explainers of these rules take. */
final class ExplainedSettings {
  private final Config.Rules rules;

  private ExplainedSettings(Config.Rules rules) {
    this.rules = rules;
  }

  static RuleSettings of(Config.Rules rules) {
    return new ExplainedSettings(rules).all();
  }

  private RuleSettings all() {
    String travel = "impossible-travel";
    String token = "token-replay";
    String drift = "partner-ip-drift";
    String defender = "defender-corroboration";
    return new RuleSettings(
        new RuleSettings.Travel(
            rule(travel).settings().isEnabled(),
            rule(travel).settings().isShadow(),
            number(travel, "minDistanceKm"),
            number(travel, "maxSpeedKmh"),
            number(travel, "maxHours"),
            number(travel, "commuteDays"),
            number(travel, "workloads") != 0),
        new RuleSettings.Token(
            rule(token).settings().isEnabled(),
            rule(token).settings().isShadow(),
            number(token, "maxHours"),
            number(token, "expirySkewMinutes")),
        new RuleSettings.Drift(
            rule(drift).settings().isEnabled(),
            rule(drift).settings().isShadow(),
            number(drift, "learningDays"),
            number(drift, "learningMinutes"),
            number(drift, "knownDays"),
            number(drift, "windowDays")),
        new RuleSettings.Defender(
            rule(defender).settings().isEnabled(),
            rule(defender).settings().isShadow(),
            number(defender, "settleMinutes"),
            number(defender, "escalateHours"),
            number(defender, "flagMinutes")),
        rules.setCap(),
        rules.repeatSeconds());
  }

  private ConfiguredRule rule(String id) {
    return Objects.requireNonNull(rules.rule(id), id);
  }

  private int number(String id, String name) {
    return rule(id).info().settings().stream()
        .filter(setting -> setting.name().equals(name))
        .mapToInt(setting -> rule(id).settings().integer(setting))
        .findFirst()
        .orElseThrow();
  }
}
