package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.setting.Secret;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.AmqpSourceConfigs;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.rules.RuleInfo;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  @TempDir Path folder;

  @Test
  void readsAHubByAmqp() throws IOException {
    Config config =
        Config.read(
            write(
                """
                sources:
                  - name: gateway
                    type: event-hubs-amqp
                    namespace: contoso.servicebus.windows.net
                    hub: insights-logs-gatewaylogs
                    auth: workload-identity
                    clientId: c
                    consumerGroup: lockstep
                    transport: websockets
                    proxy: {host: proxy.contoso.example, port: 3128, user: u, password: p}
                    checkpoints: {container: "https://contoso.blob.core.windows.net/lockstep"}
                    from: latest
                """),
            Map.of("LOCKSTEP_SOURCES_GATEWAY_PROXY_PASSWORD", "other"));
    Config.Source source = config.sources().get(0);
    Config.Amqp amqp = Objects.requireNonNull(source.amqp());
    assertThat(config.sources()).hasSize(1);
    assertThat(source.type().word()).isEqualTo("event-hubs-amqp");
    assertThat(amqp.consumerGroup()).isEqualTo("lockstep");
    assertThat(amqp.webSockets()).isTrue();
    assertThat(amqp.proxy())
        .isEqualTo(new Config.Proxy("proxy.contoso.example", 3128, "u", new Secret("other")));
    Config.Checkpoints checkpoints = Objects.requireNonNull(amqp.checkpoints());
    assertThat(checkpoints.auth()).isEqualTo(Config.Auth.WORKLOAD_IDENTITY);
    assertThat(checkpoints.credentials()).isEqualTo(source.credentials());
    assertThat(AmqpSourceConfigs.of(source).toString())
        .isEqualTo(
            "AmqpSourceConfig[name=gateway, namespace=contoso.servicebus.windows.net,"
                + " hub=insights-logs-gatewaylogs]");
    assertThat(config.toString()).doesNotContain("other");
  }

  @Test
  void hasDefaults_withoutFileAndEnvironment() {
    Config config = Config.read(null, Map.of());
    assertThat(config.kafka().bootstrapServers()).isEqualTo("localhost:9092");
    assertThat(config.kafka().topicPrefix()).isEqualTo("lockstep.");
    assertThat(config.kafka().stateDir()).isAbsolute().endsWithRaw(Path.of("state"));
    assertThat(config.kafka().partitions()).isEqualTo(4);
    assertThat(config.kafka().replication()).isEqualTo((short) -1);
    assertThat(config.sources()).isEmpty();
    assertThat(config.sentinel()).isNull();
    assertThat(config.geoip()).isEqualTo(new Config.Geoip(null, null, null));
    assertThat(config.networks()).isEmpty();
    assertThat(config.bundledNetworks()).isTrue();
    assertThat(config.metrics()).isEqualTo(new Config.Metrics("127.0.0.1", 9404));
    assertThat(config.rules().setCap()).isEqualTo(256);
    assertThat(config.rules().repeatSeconds()).isEqualTo(5);
    assertThat(config.rules().all())
        .extracting(ConfigTest::settings)
        .containsExactlyElementsOf(
            BuiltInRules.all().stream().map(rule -> byDefault(rule.info())).toList())
        .contains(
            "session-replay: on, maxHours 24",
            "gateway-bypass: on",
            "password-spray: on, users 10, usersOfShared 50, windowMinutes 60");
  }

  @Test
  void readsSeveralNetworksFiles_inTheirOrder_fromTheFileOrAVariable() throws IOException {
    Path own = Files.writeString(folder.resolve("own.csv"), "");
    Path azure = Files.writeString(folder.resolve("azure.csv"), "");
    Path file = write("networks: [own.csv, azure.csv]\nbundledNetworks: false\n");
    Config config = Config.read(file, Map.of());
    assertThat(config.networks()).containsExactly(own, azure);
    assertThat(config.bundledNetworks()).isFalse();
    Map<String, String> variables =
        Map.of("LOCKSTEP_NETWORKS", "azure.csv, own.csv", "LOCKSTEP_BUNDLED_NETWORKS", "true");
    config = Config.read(file, variables);
    assertThat(config.networks()).containsExactly(azure, own);
    assertThat(config.bundledNetworks()).isTrue();
    Path wrong = write("networks: [own.csv, none.csv]\n");
    assertThatThrownBy(() -> Config.read(wrong, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(":1: networks \"none.csv\" does not name an existing file");
    Path dir = write("networks: " + Files.createDirectory(folder.resolve("nets")) + "\n");
    assertThatThrownBy(() -> Config.read(dir, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("names a folder (")
        .hasMessageEndingWith("; name a file in it");
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'#', (byte) 0xE4, '\n'});
    assertThatThrownBy(() -> Config.read(latin, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageEndingWith(
            "latin.yaml: the file is not UTF-8; save the file as UTF-8, or name another one with --config");
    Path empty = write("networks:\n  - own.csv\n  -\n");
    assertThatThrownBy(() -> Config.read(empty, Map.of()))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("networks has an empty entry");
    assertThatThrownBy(() -> Config.read(file, Map.of("LOCKSTEP_NETWORKS", "own.csv,, azure.csv")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("LOCKSTEP_NETWORKS: networks has an empty entry; give it a value");
  }

  @Test
  void takesTheDatabaseOfAnonymisers_fromAVariable() throws IOException {
    Path anonymous = Files.writeString(folder.resolve("anonymous.mmdb"), "");
    Config config = Config.read(null, Map.of("LOCKSTEP_GEOIP_ANONYMOUS", anonymous.toString()));
    assertThat(config.geoip().anonymous()).isEqualTo(anonymous);
  }

  @Test
  void readsEveryPart_andPathsStartFromTheFile() throws IOException {
    Files.writeString(folder.resolve("city.mmdb"), "");
    Files.writeString(folder.resolve("networks.csv"), "");
    Path file =
        write(
            """
            geoip: {city: city.mmdb}
            networks: networks.csv
            partners:
            rules:
              directories: []
              impossible-travel: {enabled: false, minDistanceKm: 300}
              token-replay: {shadow: true}
              defender-corroboration: {flagMinutes: 30}
            sources:
              - {name: signins, type: event-hubs-kafka, namespace: contoso.servicebus.windows.net, hub: insights-logs-signinlogs, auth: managed-identity}
              - name: local
                type: kafka
                bootstrapServers: "localhost:9092"
                topic: signins
                arrival: header
                from: 2026-11-01T00:00:00+01:00
                properties: {security.protocol: SSL}
            kafka: {bootstrapServers: "a:1,b:2", topicPrefix: "x.", stateDir: work, replication: 3}
            sentinel: {endpoint: "https://x.ingest.monitor.azure.com", ruleId: dcr-1, auth: managed-identity}
            metrics: {port: 0}
            """);
    Config config = Config.read(file, Map.of("PATH", "/bin"));
    assertThat(config.geoip().city()).isEqualTo(folder.resolve("city.mmdb"));
    assertThat(config.geoip().asn()).isNull();
    assertThat(config.networks()).containsExactly(folder.resolve("networks.csv"));
    assertThat(config.partners()).isNull();
    assertThat(rule(config, "impossible-travel")).contains(": off, minDistanceKm 300,");
    assertThat(rule(config, "token-replay")).contains(": shadow,");
    assertThat(rule(config, "defender-corroboration")).endsWith("flagMinutes 30");
    assertThat(config.sources()).hasSize(2);
    assertThat(config.sources().get(0).hub()).isEqualTo("insights-logs-signinlogs");
    assertThat(config.sources().get(0).auth()).isEqualTo(Config.Auth.MANAGED_IDENTITY);
    assertThat(config.sources().get(0).from()).isEqualTo("earliest");
    Config.Source local = config.sources().get(1);
    assertThat(local.arrival()).isEqualTo(Config.Arrival.HEADER);
    assertThat(local.from()).isEqualTo("2026-10-31T23:00:00Z");
    assertThat(local.properties().values()).containsExactly(Map.entry("security.protocol", "SSL"));
    assertThat(config.kafka().stateDir()).isEqualTo(folder.resolve("work"));
    assertThat(config.kafka().clientSettings()).containsEntry("bootstrap.servers", "a:1,b:2");
    assertThat(config.sentinel())
        .isEqualTo(
            new Config.Sentinel(
                URI.create("https://x.ingest.monitor.azure.com"),
                "dcr-1",
                "Custom-LockstepDetections_CL",
                Set.of(),
                Config.Auth.MANAGED_IDENTITY,
                Config.Credentials.NONE,
                null,
                Map.of(),
                1_000,
                null,
                null));
    assertThat(config.metrics().port()).isZero();
  }

  @Test
  void readsACapture_andFromWhenItsFindingsGoOut() throws IOException {
    Path file =
        write(
            """
            sources:
              - {name: old, type: capture, path: archive, forwardFrom: 2026-11-01T00:00:00+01:00}
              - {name: older, type: capture, path: /archive}
            """);
    Config config = Config.read(file, Map.of());
    assertThat(config.sources().get(0).capture())
        .isEqualTo(
            new Config.Capture(
                folder.resolve("archive"), java.time.Instant.parse("2026-10-31T23:00:00Z")));
    assertThat(config.sources().get(1).capture())
        .isEqualTo(new Config.Capture(Path.of("/archive"), null));
    assertThat(config.forwardFrom()).isEqualTo("2026-10-31T23:00:00Z");
    assertThat(Config.read(null, Map.of()).forwardFrom()).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"CAPTURE", "EVENT_HUBS_AMQP"})
  void aSourceHasTheSettingsOfItsType(Config.SourceType type) {
    assertThatThrownBy(
            () ->
                new Config.Source(
                    "logs",
                    type,
                    null,
                    null,
                    Config.Auth.NONE,
                    null,
                    Config.Credentials.NONE,
                    null,
                    null,
                    Config.Arrival.TIMESTAMP,
                    "earliest",
                    ClientProperties.NONE,
                    null,
                    null,
                    Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the source logs of type " + type.word());
  }

  @Test
  void takesLimits_andRefusesThoseOutOfRange() throws IOException {
    assertThat(Config.read(null, Map.of()).limits()).isEqualTo(Limits.defaults());
    Path file =
        write(
            """
            limits: {depth: 32, numberCharacters: 50, stringBytes: 4096, nameCharacters: 100,
              messageBytes: 2097152, tokens: 9000, decompressionRatio: 200,
              decompressedBytes: 8589934592}
            """);
    assertThat(Config.read(file, Map.of("LOCKSTEP_LIMITS_TOKENS", "8000")).limits())
        .isEqualTo(new Limits(32, 50, 4096, 100, 2_097_152, 8000, 200, 8_589_934_592L));
    assertThatThrownBy(() -> Config.read(write("limits: {depth: 100000}\n"), Map.of()))
        .hasMessageContaining("limits.depth")
        .hasMessageContaining("give a whole number from 8 to 1000");
    assertThatThrownBy(() -> Config.read(write("limits: {stringByte: 9}\n"), Map.of()))
        .hasMessageContaining("limits.stringBytes");
  }

  @Test
  void letsTheEnvironmentGoFirst_inBothSpellings() throws IOException {
    Path file = write("kafka: {bootstrapServers: 'a:1', partitions: 2}\n");
    assertThat(
            Config.read(file, Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "b:2"))
                .kafka()
                .bootstrapServers())
        .isEqualTo("b:2");
    Config config =
        Config.read(
            file,
            Map.of(
                "LOCKSTEP_KAFKA_BOOTSTRAPSERVERS", "c:3",
                "LOCKSTEP_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "SASL_SSL",
                "LOCKSTEP_RULES_IMPOSSIBLE_TRAVEL_MIN_DISTANCE_KM", "700",
                "LOCKSTEP_RULES_SET_CAP", "",
                "LOCKSTEP_METRICS_PORT", "0"));
    assertThat(config.kafka().bootstrapServers()).isEqualTo("c:3");
    assertThat(config.kafka().partitions()).isEqualTo(2);
    assertThat(config.kafka().clientSettings()).containsEntry("security.protocol", "SASL_SSL");
    assertThat(rule(config, "impossible-travel")).contains("minDistanceKm 700,");
    assertThat(config.rules().setCap()).isEqualTo(256);
    assertThat(config.metrics().port()).isZero();
  }

  @Test
  void readsReferences_andNeverShowsASecret() throws IOException {
    Files.writeString(folder.resolve("secret.txt"), "Endpoint=sb://x;Key=quokka\n", UTF_8);
    Path file =
        write(
            """
            sources:
              - {name: a, type: event-hubs-kafka, hub: h, auth: connection-string, connectionString: "${file:secret.txt}"}
            kafka:
              topicPrefix: "x-${env:STAGE}-"
              properties: {sasl.jaas.config: "password=${env:LOCKSTEP_PASSWORD} $${literal}"}
            """);
    Config config = Config.read(file, Map.of("STAGE", "test", "LOCKSTEP_PASSWORD", "hunter2"));
    Config.Source source = config.sources().get(0);
    assertThat(source.connectionString()).isEqualTo(new Secret("Endpoint=sb://x;Key=quokka"));
    assertThat(config.kafka().topicPrefix()).isEqualTo("x-test-");
    assertThat(config.kafka().properties().values())
        .containsEntry("sasl.jaas.config", "password=hunter2 ${literal}");
    assertThat(config.toString()).doesNotContain("hunter2", "quokka").contains("(secret)");
  }

  @Test
  void skipsTheByteOrderMark_ofAFileWithAValue() throws IOException {
    Files.writeString(folder.resolve("prefix.txt"), "\ufeffblue.\r\n", UTF_8);

    Config config = Config.read(write("kafka: {topicPrefix: '${file:prefix.txt}'}\n"), Map.of());

    assertThat(config.kafka().topicPrefix()).isEqualTo("blue.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1/"})
  void acceptsNoAuthentication_onLoopback(String endpoint) throws IOException {
    Path file = write("sentinel: {auth: none, ruleId: a, endpoint: '" + endpoint + "'}\n");
    Config.Sentinel sentinel = Config.read(file, Map.of()).sentinel();
    assertThat(sentinel).isNotNull();
    assertThat(sentinel.endpoint()).isEqualTo(URI.create(endpoint));
  }

  @Test
  void acceptsAnEmptyFile() throws IOException {
    assertThat(Config.read(write("# nothing yet\n"), Map.of()).sources()).isEmpty();
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("lockstep.yaml"), yaml, UTF_8);
  }

  @Test
  void readsCapsByRule_fromFileAndEnvironment() throws IOException {
    Path file =
        write(
            """
            exceptions: my/exceptions.yaml
            sentinel:
              endpoint: http://127.0.0.1:1
              ruleId: dcr-1
              auth: none
              maxRowsPerHour: {impossible-travel: 500}
            """);
    Config config =
        Config.read(file, Map.of("LOCKSTEP_SENTINEL_MAX_ROWS_PER_HOUR_TOKEN_REPLAY", "7"));
    assertThat(config.exceptions()).isEqualTo(folder.resolve("my/exceptions.yaml"));
    Config.Sentinel sentinel = config.sentinel();
    assertThat(sentinel).isNotNull();
    assertThat(sentinel.maxRowsPerHour())
        .isEqualTo(Map.of("impossible-travel", 500, "token-replay", 7));
    assertThat(sentinel.maxHighRowsPerHour()).isEqualTo(1_000);
  }

  @Test
  void readsTheCeilingForHigh_andTheHostsThatMayHaveAToken_fromFileAndEnvironment()
      throws IOException {
    Path file =
        write(
            """
            sentinel:
              endpoint: https://Logs.Contoso.example
              ruleId: dcr-1
              auth: managed-identity
              maxHighRowsPerHour: 50
              allowedHosts: [a.example, LOGS.contoso.example]
            """);
    Config.Sentinel sentinel = Config.read(file, Map.of()).sentinel();
    assertThat(sentinel).isNotNull();
    assertThat(sentinel.maxHighRowsPerHour()).isEqualTo(50);
    assertThat(sentinel.allowedHosts())
        .containsExactlyInAnyOrder("a.example", "logs.contoso.example");
    Config.Sentinel other =
        Config.read(
                file,
                Map.of(
                    "LOCKSTEP_SENTINEL_MAX_HIGH_ROWS_PER_HOUR", "7",
                    "LOCKSTEP_SENTINEL_ALLOWED_HOSTS", "b.example, logs.contoso.example"))
            .sentinel();
    assertThat(other).isNotNull();
    assertThat(other.maxHighRowsPerHour()).isEqualTo(7);
    assertThat(other.allowedHosts()).containsExactlyInAnyOrder("b.example", "logs.contoso.example");
    assertThatThrownBy(
            () -> Config.read(file, Map.of("LOCKSTEP_SENTINEL_ALLOWED_HOSTS", "contoso.example")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining(
            "lockstep.yaml:2: sentinel.endpoint \"https://Logs.Contoso.example\" is not an ingestion host");
  }

  private static String rule(Config config, String id) {
    return settings(Objects.requireNonNull(config.rules().rule(id)));
  }

  /** Returns how a rule runs, and each of its settings. */
  /** Returns what {@link #settings} has of a rule without configuration, from its description. */
  private static String byDefault(RuleInfo rule) {
    StringBuilder text = new StringBuilder(rule.id() + ": on");
    rule.settings()
        .forEach(
            each ->
                text.append(", ")
                    .append(each.name())
                    .append(' ')
                    .append(each.written(each.byDefault())));
    return text.toString();
  }

  private static String settings(ConfiguredRule rule) {
    boolean isOn = rule.settings().isEnabled();
    StringBuilder text = new StringBuilder(rule.id());
    text.append(isOn ? (rule.settings().isShadow() ? ": shadow" : ": on") : ": off");
    rule.info()
        .settings()
        .forEach(
            each -> text.append(", ").append(each.name()).append(' ').append(rule.value(each)));
    return text.toString();
  }
}
