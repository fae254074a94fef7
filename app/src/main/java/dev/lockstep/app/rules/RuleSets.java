package dev.lockstep.app.rules;

import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.rule.ActiveRule;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Settings;
import java.util.ArrayList;
import java.util.List;

/** Factory of the set of active rules that a configuration describes. */
public final class RuleSets {
  private RuleSets() {}

  public static RuleSet of(ConfiguredRules rules) {
    List<ActiveRule> active = new ArrayList<>();
    AlertSettings alerts = AlertSettings.NONE;
    for (ConfiguredRule each : rules.all()) {
      Settings own = each.settings();
      if (each.id().equals(DefenderCorroboration.ID)) {
        alerts =
            new AlertSettings(
                DefenderCorroboration.ID,
                rules.all().stream().anyMatch(RuleSets::readsAlerts),
                own.isEnabled() && !own.isShadow(),
                own.integer(DefenderCorroboration.SETTLE_MINUTES),
                own.integer(DefenderCorroboration.ESCALATE_HOURS));
      }
      if (own.isEnabled()) {
        // The description that was checked; a rule of a jar could give another one now.
        active.add(new ActiveRule(active.size(), each.entry().rule(), own, each.entry().info()));
      }
    }
    return new RuleSet(active, alerts, rules.repeatSeconds());
  }

  private static boolean readsAlerts(ConfiguredRule rule) {
    return rule.settings().isEnabled() && rule.info().needs().contains(Need.ALERTS);
  }
}
