package dev.lockstep.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.detections.join.JoinableLogs;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WiringTest {
  private static JoinableLogs joinsOf(String hub) {
    return Wiring.joinSettings(sourceOf(hub));
  }

  private static Config sourceOf(String hub) {
    return Config.read(
        null,
        Map.of(
            "LOCKSTEP_SOURCES_LOGS_TYPE", "event-hubs-kafka",
            "LOCKSTEP_SOURCES_LOGS_NAMESPACE", "contoso.servicebus.windows.net",
            "LOCKSTEP_SOURCES_LOGS_AUTH", "managed-identity",
            "LOCKSTEP_SOURCES_LOGS_HUB", hub));
  }

  @Test
  void aHubBringsOneCategory_onlyIfItsNameIsTheDefaultOfOne() {
    assertThat(joinsOf("insights-logs-gatewaylogs")).isEqualTo(JoinableLogs.NONE);
    assertThat(joinsOf("Insights-Logs-FrontDoorAccessLog"))
        .isEqualTo(new JoinableLogs(false, true, true));
    assertThat(joinsOf("insights-logs-frontdoorwebapplicationfirewalllog"))
        .isEqualTo(new JoinableLogs(false, false, true));
    assertThat(joinsOf("logs")).isEqualTo(JoinableLogs.ALL);
    assertThat(joinsOf("insights-logs-edge")).isEqualTo(JoinableLogs.ALL);
  }

  @Test
  void aRuleSleeps_whereNoSourceMayBringTheLogThatItNeeds() {
    assertThat(firewallRuleOf("insights-logs-gatewaylogs"))
        .isEqualTo("asleep: no source that brings FrontDoorWebApplicationFirewallLog");
    assertThat(firewallRuleOf("insights-logs-frontdooraccesslog")).isEqualTo("yes");
    assertThat(firewallRuleOf("logs")).isEqualTo("yes");
  }

  private static String firewallRuleOf(String hub) {
    return Wiring.ruleStates(sourceOf(hub)).stream()
        .filter(state -> state.rule().id().equals("waf-then-success"))
        .findFirst()
        .orElseThrow()
        .text();
  }

  @Test
  void aTopicOfKafkaIsReadWithoutAbortedRecords_unlessItsPropertiesSayOtherwise() {
    assertThat(isolationOf(Map.of())).isEqualTo("read_committed");
    assertThat(
            isolationOf(
                Map.of("LOCKSTEP_SOURCES_LOGS_PROPERTIES_ISOLATION_LEVEL", "read_uncommitted")))
        .isEqualTo("read_uncommitted");
  }

  private static @Nullable Object isolationOf(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("LOCKSTEP_SOURCES_LOGS_TYPE", "kafka");
    environment.put("LOCKSTEP_SOURCES_LOGS_BOOTSTRAP_SERVERS", "127.0.0.1:9092");
    environment.put("LOCKSTEP_SOURCES_LOGS_TOPIC", "logs");
    Config config = Config.read(null, environment);
    return Wiring.sourceConfig(config.sources().get(0)).consumerProperties().get("isolation.level");
  }
}
