package dev.lockstep.app.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.Config;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.ingest.amqp.AmqpIngest;
import dev.lockstep.ingest.capture.CaptureIngest;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.kafka.KafkaIngest;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.source.Ingest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  @ParameterizedTest
  @EnumSource
  void aSourceOfEachTypeHasTheReaderOfItsType(Config.SourceType type) {
    Class<? extends Ingest> reader =
        switch (type) {
          case EVENT_HUBS_KAFKA, KAFKA -> KafkaIngest.class;
          case EVENT_HUBS_AMQP -> AmqpIngest.class;
          case CAPTURE -> CaptureIngest.class;
        };
    assertThat(
            Wiring.ingest(
                sourceOf(type),
                new KafkaTarget(Map.of("bootstrap.servers", "127.0.0.1:9092"), "lockstep."),
                Limits.defaults(),
                RawFieldPlan::none,
                new IngestCounts(),
                InstantSource.fixed(Instant.EPOCH),
                "one"))
        .isExactlyInstanceOf(reader);
  }

  @ParameterizedTest
  @EnumSource
  void noClientOfKafkaIsConfigured_forASourceThatKafkaDoesNotRead(Config.SourceType type) {
    Config.Source source = sourceOf(type);
    if (type.isReadByKafka()) {
      assertThat(Wiring.sourceConfig(source).topic()).isEqualTo("logs");
    } else {
      assertThatThrownBy(() -> Wiring.sourceConfig(source))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the source logs of type %s is not read by Kafka's protocol", type.word());
    }
  }

  private static Config.Source sourceOf(Config.SourceType type) {
    Map<String, String> keys =
        switch (type) {
          case EVENT_HUBS_KAFKA, EVENT_HUBS_AMQP ->
              Map.of(
                  "NAMESPACE", "contoso.servicebus.windows.net",
                  "AUTH", "managed-identity",
                  "HUB", "logs");
          case KAFKA -> Map.of("BOOTSTRAP_SERVERS", "127.0.0.1:9092", "TOPIC", "logs");
          case CAPTURE -> Map.of("PATH", "archive");
        };
    Map<String, String> environment = new HashMap<>();
    environment.put("LOCKSTEP_SOURCES_LOGS_TYPE", type.word());
    keys.forEach((key, value) -> environment.put("LOCKSTEP_SOURCES_LOGS_" + key, value));
    return Config.read(null, environment).sources().get(0);
  }
}
