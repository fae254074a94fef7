package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Facts;
import dev.lockstep.rules.Finding;
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
}
