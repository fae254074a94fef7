package dev.lockstep.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lockstep.app.setting.Environment;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigEnvironmentTest {
  @TempDir Path folder;

  @Test
  void namesAFurtherRuleOfAFile_withoutASlash() {
    assertThat(Environment.spellings("LOCKSTEP_RULES", "gate/many-calls"))
        .containsExactly("LOCKSTEP_RULES_GATE_MANY_CALLS");
  }

  @Test
  void makesSources_fromPlacesAndNames() {
    Config config =
        Config.read(
            null,
            Map.of(
                "LOCKSTEP_SOURCES_0_NAME", "signins",
                "LOCKSTEP_SOURCES_0_TYPE", "event-hubs-kafka",
                "LOCKSTEP_SOURCES_0_HUB", "insights-logs-signinlogs",
                "LOCKSTEP_SOURCES_0_AUTH", "connection-string",
                "LOCKSTEP_SOURCES_0_CONNECTION_STRING", "Endpoint=sb://x",
                "LOCKSTEP_SOURCES_APIM_EU_TYPE", "kafka",
                "LOCKSTEP_SOURCES_APIM_EU_BOOTSTRAP_SERVERS", "k:9092",
                "LOCKSTEP_SOURCES_APIM_EU_TOPIC", "gateway",
                "LOCKSTEP_SOURCES_APIM_EU_PROPERTIES_CLIENT_ID", "me"));
    assertThat(config.sources())
        .extracting(Config.Source::name)
        .containsExactly("signins", "apim-eu");
    assertThat(config.sources().get(0).connectionString()).isEqualTo(new Secret("Endpoint=sb://x"));
    assertThat(config.sources().get(1).properties().values()).isEqualTo(Map.of("client.id", "me"));
  }

  @Test
  void changesASourceOfTheFile_byItsPlaceOrItsName() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            sources:
              - {name: sign-ins, type: kafka, bootstrapServers: "a:1", topic: t}
            """);
    Config byPlace = Config.read(file, Map.of("LOCKSTEP_SOURCES_0_TOPIC", "u"));
    assertThat(byPlace.sources()).extracting(Config.Source::topic).isEqualTo(List.of("u"));
    Config byName = Config.read(file, Map.of("LOCKSTEP_SOURCES_SIGN_INS_TOPIC", "v"));
    assertThat(byName.sources()).extracting(Config.Source::topic).isEqualTo(List.of("v"));
  }

  @Test
  void spellsACapitalBehindADash_withOneUnderscore() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            sources:
              - {name: Sign-Ins, type: kafka, bootstrapServers: "a:1", topic: t}
            """);
    Config config = Config.read(file, Map.of("LOCKSTEP_SOURCES_SIGN_INS_TOPIC", "v"));
    assertThat(config.sources())
        .extracting(Config.Source::name, Config.Source::topic)
        .containsExactly(tuple("Sign-Ins", "v"));
  }

  @Test
  void changesASourceOfTheFile_whoseNameContainsAKey() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            sources:
              - {name: gw-proxy, type: kafka, bootstrapServers: "a:1", topic: t}
              - {name: apim, type: kafka, bootstrapServers: "a:1", topic: t}
            """);
    Config config =
        Config.read(
            file,
            Map.of(
                "LOCKSTEP_SOURCES_GW_PROXY_TOPIC", "u",
                "LOCKSTEP_SOURCES_APIM_PROPERTIES_CLIENT_ID", "me",
                "LOCKSTEP_SOURCES_APIM_EU_TYPE", "kafka",
                "LOCKSTEP_SOURCES_APIM_EU_BOOTSTRAP_SERVERS", "k:9092",
                "LOCKSTEP_SOURCES_APIM_EU_TOPIC", "v"));
    assertThat(config.sources())
        .extracting(Config.Source::name, Config.Source::topic)
        .containsExactly(tuple("gw-proxy", "u"), tuple("apim", "t"), tuple("apim-eu", "v"));
    assertThat(config.sources().get(1).properties().values()).isEqualTo(Map.of("client.id", "me"));
  }

  @Test
  void ignoresBlankVariables_asComposeSetsThem() {
    Config config =
        Config.read(
            null,
            Map.of(
                "LOCKSTEP_SOURCES_0_NAME", "",
                "LOCKSTEP_SENTINEL_ENDPOINT", "",
                "LOCKSTEP_SENTINEL_AUTH", " "));
    assertThat(config.sources()).isEmpty();
    assertThat(config.sentinel()).isNull();
  }

  @Test
  void refusesAnUnknownVariable_andNamesTheNearest() {
    assertThatThrownBy(() -> Config.read(null, Map.of("LOCKSTEP_KAKFA_BOOTSTRAP_SERVERS", "a:1")))
        .isInstanceOf(OperatorException.class)
        .hasMessage(
            "could not use the configuration: environment: the variable"
                + " \"LOCKSTEP_KAKFA_BOOTSTRAP_SERVERS\" belongs to no key of the configuration;"
                + " the nearest known variable is LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS; rename the"
                + " variable, or unset it");
    assertThatThrownBy(() -> Config.read(null, Map.of("LOCKSTEP_SOURCES_0_NAMESPCE", "x.example")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("LOCKSTEP_SOURCES_0_NAMESPCE");
  }

  @Test
  void namesTheVariable_whoseValueCannotBeUsed() {
    assertThatThrownBy(() -> Config.read(null, Map.of("LOCKSTEP_METRICS_PORT", "70000")))
        .hasMessage(
            "could not use the configuration: environment variable LOCKSTEP_METRICS_PORT:"
                + " metrics.port \"70000\" is out of range; give a port from 1 to 65535, or 0 for a free one");
  }

  @Test
  void refusesAGapInTheNumbers() {
    assertThatThrownBy(() -> Config.read(null, Map.of("LOCKSTEP_SOURCES_1_NAME", "x")))
        .hasMessageContaining("number the entries from 0 without gaps");
  }

  @Test
  void refusesTwoSourcesOfOneName() {
    assertThatThrownBy(
            () ->
                Config.read(
                    null,
                    Map.of(
                        "LOCKSTEP_SOURCES_0_NAME", "x",
                        "LOCKSTEP_SOURCES_0_TYPE", "kafka",
                        "LOCKSTEP_SOURCES_0_BOOTSTRAP_SERVERS", "a:1",
                        "LOCKSTEP_SOURCES_0_TOPIC", "t",
                        "LOCKSTEP_SOURCES_X_TYPE", "kafka",
                        "LOCKSTEP_SOURCES_X_BOOTSTRAP_SERVERS", "a:1",
                        "LOCKSTEP_SOURCES_X_TOPIC", "t")))
        .hasMessageContaining("two sources have the name \"x\"");
  }

  @Test
  void leavesServiceLinksAndTheLaunchersVariableAlone() {
    Map<String, String> links =
        Map.of(
            "LOCKSTEP_SERVICE_HOST", "10.0.0.1",
            "LOCKSTEP_PORT", "tcp://10.0.0.1:9404",
            "LOCKSTEP_PORT_9404_TCP_ADDR", "10.0.0.1",
            "LOCKSTEP_JAVA_OPTS", "-Xmx2g");
    assertThat(Config.read(null, links).sources()).isEmpty();
  }

  @Test
  void takesNoServiceLinkForAKeyOrASection() {
    Map<String, String> links =
        Map.of(
            "LOCKSTEP_METRICS_SERVICE_HOST", "10.0.0.1",
            "LOCKSTEP_METRICS_PORT", "tcp://10.0.0.1:9404",
            "LOCKSTEP_METRICS_PORT_9404_TCP_PORT", "9404",
            "LOCKSTEP_SENTINEL_SERVICE_HOST", "10.0.0.2",
            "LOCKSTEP_SENTINEL_PORT", "tcp://10.0.0.2:80",
            "LOCKSTEP_SINKS_SERVICE_PORT", "80",
            "LOCKSTEP_METRICS_HOST", "0.0.0.0");
    Config config = Config.read(null, links);
    assertThat(config.metrics())
        .isEqualTo(new Config.Metrics("0.0.0.0", Config.Metrics.USUAL_PORT));
    assertThat(config.sentinel()).isNull();
  }
}
