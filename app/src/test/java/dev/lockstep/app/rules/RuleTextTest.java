package dev.lockstep.app.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.bypass.GatewayBypass;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleTextTest {
  private static String shown(Duration grace) {
    RuleInfo info = RuleInfo.of("own-rule", 1, "A rule of a jar").grace(grace).done();
    ConfiguredRule rule =
        new ConfiguredRule(
            new RuleCatalogue.Entry(new GatewayBypass(), info, null),
            Settings.of(info, true, false, 256, Map.of()),
            Map.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new RuleText(new RuleStatus(rule, RuleStatus.Runs.YES, List.of()))
        .print(new WrappedText(new PrintStream(out, true, StandardCharsets.UTF_8), 100));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shows_theGraceInTheUnitThatItIsAWholeNumberOf() {
    assertThat(shown(Duration.ofHours(2))).contains("Grace         2 hours\n");
    assertThat(shown(Duration.ofMinutes(90))).contains("Grace         90 minutes\n");
    assertThat(shown(Duration.ofSeconds(30))).contains("Grace         30 seconds\n");
  }
}
