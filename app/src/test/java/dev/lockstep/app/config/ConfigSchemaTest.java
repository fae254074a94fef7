package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSchemaTest {
  private static final Path ROOT = Path.of("..");
  private static final Path FILE = ROOT.resolve("docs").resolve("lockstep.schema.json");
  private static final Path WRITTEN = Path.of("target", "lockstep.schema.json");
  private static final String TEXT = ConfigSchema.of(RuleCatalogue.builtIn());
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(TEXT);

  @TempDir Path folder;

  @Test
  void theFileInTheDocumentationIsWhatTheCommandPrints() throws IOException {
    Files.writeString(WRITTEN, TEXT + "\n", UTF_8);
    assertThat(FILE)
        .as("made from the declarations of keys: cp app/target/lockstep.schema.json docs")
        .hasSameTextualContentAs(WRITTEN);
  }

  static Stream<Map.Entry<String, String>> examples() throws IOException {
    Map<String, String> examples = new TreeMap<>();
    for (String file :
        List.of("docs/try/lockstep.yaml", "app/src/main/resources/demo/lockstep.yaml")) {
      examples.put(file, Files.readString(ROOT.resolve(file), UTF_8));
    }
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      Stream<Path> pages = Stream.concat(Stream.of(ROOT.resolve("README.md")), docs);
      for (Path page : pages.filter(ConfigSchemaTest::isOfBuiltInRules).toList()) {
        Matcher block =
            Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(page, UTF_8));
        while (block.find()) {
          String yaml = block.group(1);
          if (isConfiguration(yaml)) {
            examples.put(page.getFileName() + " at " + block.start(), yaml);
          }
        }
      }
    }
    return examples.entrySet().stream();
  }

  /**
   * Returns whether a page names no rule of a file, which the schema knows only where the file is.
   */
  private static boolean isOfBuiltInRules(Path page) {
    return page.toString().endsWith(".md")
        && Stream.of("writing-rules.md", "content.md", "kubernetes.md").noneMatch(page::endsWith);
  }

  /** Returns whether a block is no file of partners or exceptions, whose list has the same name. */
  private static boolean isConfiguration(String yaml) {
    Set<String> keys =
        yaml.lines()
            .filter(line -> line.matches("[a-zA-Z]+:.*"))
            .map(line -> line.substring(0, line.indexOf(':')))
            .collect(Collectors.toSet());
    Set<String> known =
        Set.of(
            "geoip",
            "networks",
            "rules",
            "sources",
            "kafka",
            "sentinel",
            "sinks",
            "limits",
            "heartbeat",
            "estate");
    return keys.stream().anyMatch(known::contains);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleFits(Map.Entry<String, String> example) {
    assertThat(SCHEMA.validate(example.getValue(), InputFormat.YAML))
        .as(example.getKey())
        .isEmpty();
  }

  @Test
  void theDocumentationHasExamplesOfMostSections() throws IOException {
    assertThat(examples()).hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka: {bootstrapServer: 'a:1'}",
        "kafka: {partitions: many}",
        "kafka: {partitions: 0}",
        "kafka: {partitions: [1]}",
        "kafka: 5",
        "metrics: {port: 70000}",
        "limits: {depth: 4}",
        "bundledNetworks: 7",
        "rules: {impossible-travle: {enabled: true}}",
        "rules: {impossible-travel: {workloads: maybe}}",
        "rules: {impossible-travel: {minDistanceKm: -1}}",
        "rules: {impossible-travel@tight: {maxSpeed: 700}}",
        "rules: {impossible-travel@Tight: {maxSpeedKmh: 700}}",
        "sources: {name: x}",
        "sources: [{name: a, type: kafcka}]",
        "sources: [{name: a, type: kafka, bootstrapServers: 'a:1', topic: t, hub: h}]",
        "sources: [{name: a, type: capture, path: ., from: latest}]",
        "sources: [{name: a, type: capture, path: ., properties: {a: b}}]",
        "sinks: [{name: a, type: file, path: p, url: 'https://a.example'}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 5 MX}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 5000 K}]",
        "sentinel: {endpoint: 'http://127.0.0.1:1', ruleId: dcr-1, auth: none, cloud: moon}",
        "heartbeat: true",
        "estate: {gateway: []}",
        "estate: {apis: {name: a}}",
        "estate: {vaults: [{name: a, privat: true}]}",
        "estate: {vaults: [{name: a, private: maybe}]}",
      })
  void refusesWithLockstep(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), yaml + "\n", UTF_8);
    assertThatThrownBy(() -> Config.read(file, Map.of())).isInstanceOf(OperatorException.class);
    assertThat(SCHEMA.validate(yaml, InputFormat.YAML)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kafka: {partitions: '8', replication: -1, topicPrefix: 5}",
        "kafka: {partitions: '${env:PARTITIONS}'}",
        "kafka: {properties: {sasl.mechanism: PLAIN, retries: 5, acks: }}",
        "kafka:",
        "partners:\nnetworks: []",
        "metrics: {port: 0}",
        "bundledNetworks: 'False'",
        "rules: {directories: , impossible-travel: {workloads: '${env:WORKLOADS}', minDistanceKm:"
            + " 300}}",
        "rules: {impossible-travel@tight: {maxSpeedKmh: 700}, token-replay@b: {maxHours: 24}}",
        "sources: [{name: a, type: kafka, bootstrapServers: 'a:1', topic: t, brings: SignInLogs}]",
        "sources: [{name: a, type: kafka, bootstrapServers: 'a:1', topic: t, brings: [SignInLogs,"
            + " GatewayLogs]}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 5 MB}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 1 tb}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 2000000b}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 64MiB}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 2000000000000}]",
        "sinks: [{name: a, type: file, path: p, rotateBytes: 2000000, rotateDaily: false}]",
        "sentinel: {endpoint: 'http://127.0.0.1:1', ruleId: dcr-1, auth: none, cloud: china,"
            + " maxRowsPerHour: {token-replay: 5}, dailyBudget: {bytes: 20 MB}}",
        "heartbeat: false",
        "heartbeat: {interval: 30s}",
        "estate: {}",
        "estate: {gateways: [{name: a, hosts: api.contoso.com, frontDoorIds: []}], apis: }",
        "estate: {privileged: [{name: a, operations: ['Add *'], roles: [], standing: []}]}",
        "estate: {vaults: [{name: a, private: 'true'}]}",
      })
  void takesWhatLockstepTakes(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), yaml + "\n", UTF_8);
    Config.read(file, Map.of("PARTITIONS", "8", "WORKLOADS", "true"));
    assertThat(SCHEMA.validate(yaml, InputFormat.YAML)).isEmpty();
  }
}
