package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.setting.EffectiveValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectiveValuesTest {
  @TempDir Path folder;

  @Test
  void tellsOfEachValue_whatSetIt() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            kafka:
              bootstrapServers: a:1
              topicPrefix: x.
              properties: {sasl.jaas.config: something}
            rules: {impossible-travel: {minDistanceKm: 300}}
            heartbeat: false
            """,
            UTF_8);
    List<EffectiveValue> values =
        Config.effectiveValues(
            file,
            Map.of(
                "LOCKSTEP_KAFKA_TOPICPREFIX", "y.",
                "LOCKSTEP_RULES_TOKEN_REPLAY_ENABLED", "false",
                "LOCKSTEP_SOURCES_SIGNINS_TYPE", "kafka",
                "LOCKSTEP_SOURCES_SIGNINS_BOOTSTRAP_SERVERS", "b:2",
                "LOCKSTEP_SOURCES_SIGNINS_TOPIC", "signins",
                "LOCKSTEP_SOURCES_SIGNINS_BRINGS", "SignInLogs,GatewayLogs"));
    assertThat(values)
        .contains(
            new EffectiveValue("kafka.bootstrapServers", "a:1", file + ":2"),
            new EffectiveValue(
                "kafka.topicPrefix", "y.", "environment variable LOCKSTEP_KAFKA_TOPICPREFIX"),
            new EffectiveValue("kafka.partitions", "4", "default"),
            new EffectiveValue("kafka.properties.sasl.jaas.config", "(hidden)", file + ":4"),
            new EffectiveValue("rules.impossible-travel.minDistanceKm", "300", file + ":5"),
            new EffectiveValue("rules.impossible-travel.maxSpeedKmh", "900", "default"),
            new EffectiveValue(
                "rules.token-replay.enabled",
                "false",
                "environment variable LOCKSTEP_RULES_TOKEN_REPLAY_ENABLED"),
            new EffectiveValue("sources[0].name", "signins", "environment"),
            new EffectiveValue("sources[0].from", "earliest", "default"),
            new EffectiveValue(
                "sources[0].brings",
                "SignInLogs,GatewayLogs",
                "environment variable LOCKSTEP_SOURCES_SIGNINS_BRINGS"),
            new EffectiveValue("heartbeat", "false", file + ":6"))
        .noneMatch(value -> value.key().startsWith("heartbeat."))
        .noneMatch(value -> value.key().startsWith("sentinel"));
    assertThat(values).extracting(EffectiveValue::key).doesNotHaveDuplicates();
  }

  @Test
  void showsNoSecret() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            sources:
              - {name: a, type: event-hubs-kafka, hub: h, auth: connection-string, connectionString: "${env:HUB}"}
            sinks:
              - {name: b, type: webhook, url: "https://soar.example/t0ken", secret: 0123456789abcdef}
            redact: {key: abcdefghijklmnop}
            """,
            UTF_8);
    List<EffectiveValue> values =
        Config.effectiveValues(file, Map.of("HUB", "Endpoint=sb://x;Key=abc"));
    assertThat(values)
        .filteredOn(value -> value.value().equals(EffectiveValue.HIDDEN))
        .extracting(EffectiveValue::key)
        .containsExactlyInAnyOrder(
            "sources[0].connectionString", "sinks[0].url", "sinks[0].secret", "redact.key");
    assertThat(
            values.toString().replace(folder.toString(), "")) // its random name may have any digits
        .doesNotContain("abc", "t0ken", "0123");
  }
}
