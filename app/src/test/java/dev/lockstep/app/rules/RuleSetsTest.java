package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.detections.defender.DefenderCorroboration;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Need;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import dev.lockstep.rules.Verdicts;
import dev.lockstep.rules.Words;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleSetsTest {
  /** A rule of a jar, of which only the first description was checked. */
  private static final class Changing implements Rule {
    private boolean isAsked;

    @Override
    public RuleInfo info() {
      if (isAsked) {
        throw new IllegalStateException("asked again");
      }
      isAsked = true;
      return new GatewayBypass().info();
    }

    @Override
    public void observe(Event event, Facts facts) {}

    @Override
    public void judge(Case day, Verdicts verdicts) {}

    @Override
    public Words tell(Finding finding) {
      throw new AssertionError("nothing fires");
    }
  }

  @Test
  void runsARuleByTheDescriptionThatWasChecked() {
    Rule rule = new Changing();
    RuleInfo info = rule.info();
    ConfiguredRule configured =
        new ConfiguredRule(
            new RuleCatalogue.Entry(rule, info, null),
            Settings.of(info, true, false, 256, Map.of()),
            Map.of());

    assertThat(
            RuleSets.of(new ConfiguredRules(RuleCatalogue.builtIn(), List.of(configured), 256, 5))
                .rules())
        .singleElement()
        .satisfies(active -> assertThat(active.info()).isSameAs(info));
  }

  @Test
  void readsAlerts_forAnyEnabledRuleThatNeedsThem() {
    ConfiguredRule defender = configured(new DefenderCorroboration(), false);
    Rule own = new NeedsAlerts();

    assertThat(alerts(defender, configured(own, false)).enabled()).isFalse();
    AlertSettings read = alerts(defender, configured(own, true));
    assertThat(read.enabled()).isTrue();
    assertThat(read.corroborates()).isFalse();
    assertThat(alerts(configured(new DefenderCorroboration(), true)).corroborates()).isTrue();
  }

  private static AlertSettings alerts(ConfiguredRule... rules) {
    return RuleSets.of(new ConfiguredRules(RuleCatalogue.builtIn(), List.of(rules), 256, 5))
        .alerts();
  }

  private static ConfiguredRule configured(Rule rule, boolean isEnabled) {
    return new ConfiguredRule(
        new RuleCatalogue.Entry(rule, rule.info(), null),
        Settings.of(rule.info(), isEnabled, false, 256, Map.of()),
        Map.of());
  }

  /** A rule of a jar that judges by alerts. */
  private static final class NeedsAlerts implements Rule {
    private static final RuleInfo INFO =
        RuleInfo.of("needs-alerts", 1, "Judges by alerts").needs(Need.ALERTS).done();

    @Override
    public RuleInfo info() {
      return INFO;
    }

    @Override
    public void observe(Event event, Facts facts) {}

    @Override
    public void judge(Case day, Verdicts verdicts) {}

    @Override
    public Words tell(Finding finding) {
      throw new AssertionError("nothing fires");
    }
  }
}
