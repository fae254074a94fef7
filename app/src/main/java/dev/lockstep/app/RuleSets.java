package dev.lockstep.app;

import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.detections.RuleSettings;
import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.engine.ActiveRule;
import dev.lockstep.detections.engine.AlertSettings;
import dev.lockstep.detections.engine.RuleSet;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rules that run under a configuration. */
final class RuleSets {
  private RuleSets() {}

  static RuleSet of(RuleSettings settings) {
    List<ActiveRule> active = new ArrayList<>();
    AlertSettings alerts = AlertSettings.NONE;
    for (Rule rule : BuiltInRules.all()) {
      Settings own = of(rule, settings);
      if (rule.info().id().equals(DefenderCorroboration.ID)) {
        alerts =
            new AlertSettings(
                DefenderCorroboration.ID,
                own.isEnabled(),
                own.isEnabled() && !own.isShadow(),
                own.integer(DefenderCorroboration.SETTLE_MINUTES),
                own.integer(DefenderCorroboration.ESCALATE_HOURS));
      }
      if (own.isEnabled()) {
        active.add(new ActiveRule(active.size(), rule, own));
      }
    }
    return new RuleSet(active, alerts, settings.repeatSeconds());
  }

  private static Settings of(Rule rule, RuleSettings settings) {
    Map<String, Double> given = new HashMap<>();
    boolean enabled;
    boolean shadow;
    switch (rule.info().id()) {
      case "impossible-travel" -> {
        RuleSettings.Travel travel = settings.travel();
        enabled = travel.enabled();
        shadow = travel.shadow();
        given.put("minDistanceKm", travel.minDistanceKm());
        given.put("maxSpeedKmh", travel.maxSpeedKmh());
        given.put("maxHours", (double) travel.maxHours());
        given.put("commuteDays", (double) travel.commuteDays());
        given.put("workloads", travel.workloads() ? 1.0 : 0.0);
      }
      case "token-replay" -> {
        enabled = settings.token().enabled();
        shadow = settings.token().shadow();
        given.put("maxHours", (double) settings.token().maxHours());
        given.put("expirySkewMinutes", (double) settings.token().expirySkewMinutes());
      }
      case "partner-ip-drift" -> {
        RuleSettings.Drift drift = settings.drift();
        enabled = drift.enabled();
        shadow = drift.shadow();
        given.put("learningDays", (double) drift.learningDays());
        given.put("learningMinutes", (double) drift.learningMinutes());
        given.put("knownDays", (double) drift.knownDays());
        given.put("windowDays", (double) drift.windowDays());
      }
      default -> {
        RuleSettings.Defender defender = settings.defender();
        enabled = defender.enabled();
        shadow = defender.shadow();
        given.put("settleMinutes", (double) defender.settleMinutes());
        given.put("escalateHours", (double) defender.escalateHours());
        given.put("flagMinutes", (double) defender.flagMinutes());
      }
    }
    return Settings.of(rule.info(), enabled, shadow, settings.setCap(), given);
  }
}
