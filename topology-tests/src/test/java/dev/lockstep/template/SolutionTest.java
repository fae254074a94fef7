package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The solution is laid out as the Azure-Sentinel repository has it, and passes what its checks ask
 * of files; package and tables are made from it. {@code docs/azure-solution.md} tells which of
 * these checks ran as Microsoft wrote them.
 */
class SolutionTest {
  /** How the checks' schema of a table spells types. */
  private static final Map<String, String> TYPES =
      Map.of(
          "string", "String",
          "int", "Int",
          "long", "Long",
          "real", "Real",
          "boolean", "Bool",
          "datetime", "DateTime",
          "dynamic", "Dynamic");

  @Test
  void packageAndTablesAreMadeFromTheFiles() throws IOException {
    Map<String, Object> made = new LinkedHashMap<>();
    made.put("Solutions/Lockstep/Package/mainTemplate.json", SolutionPackage.mainTemplate());
    made.put("Solutions/Lockstep/Package/createUiDefinition.json", SolutionPackage.page());
    for (JsonNode resource : Templates.resources(Templates.DATA)) {
      JsonNode schema = resource.at("/properties/schema");
      if (schema.has("name")) {
        made.put("CustomTables/" + schema.path("name").asText() + ".json", table(schema));
      }
    }
    List<Path> stale = new ArrayList<>();
    for (Map.Entry<String, Object> one : made.entrySet()) {
      Path file = Templates.SENTINEL.resolve(one.getKey());
      Path wanted = Path.of("target", "templates", "sentinel").resolve(one.getKey());
      String written = Templates.pretty(one.getValue());
      Files.createDirectories(wanted.getParent());
      Files.writeString(wanted, written, StandardCharsets.UTF_8);
      if (!Files.exists(file) || !Templates.text(file).equals(written)) {
        stale.add(file);
      }
    }
    assertThat(stale)
        .as("made from the solution's files; copy topology-tests/target/templates over deploy")
        .isEmpty();
  }

  /** Returns a table as the checks of queries in the Azure-Sentinel repository know it. */
  private static Map<String, Object> table(JsonNode schema) {
    List<Object> columns = new ArrayList<>();
    for (JsonNode column : schema.path("columns")) {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("Name", column.path("name").asText());
      said.put("Type", TYPES.getOrDefault(column.path("type").asText(), ""));
      columns.add(said);
    }
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("Name", schema.path("name").asText());
    whole.put("Properties", columns);
    return whole;
  }

  @Test
  void listsEveryFileOfItsFolders() throws IOException {
    JsonNode data = Solution.json(Solution.ROOT.resolve("Data").resolve("Solution_Lockstep.json"));
    for (Path folder : List.of(Solution.RULES, Solution.HUNTS, Solution.PARSERS)) {
      List<String> listed = new ArrayList<>();
      data.path(folder.getFileName().toString()).forEach(file -> listed.add(file.asText()));
      assertThat(listed)
          .isEqualTo(
              Solution.files(folder).stream()
                  .map(file -> Solution.ROOT.relativize(file).toString().replace('\\', '/'))
                  .toList());
    }
    String metadata = data.path("Metadata").asText();
    assertThat(Solution.ROOT.resolve(metadata)).exists();
    assertThat(Templates.text(Solution.ROOT.resolve("ReleaseNotes.md")))
        .contains("| " + data.path("Version").asText() + " ");
    String logo = data.path("Logo").asText();
    assertThat(logo).contains("/Logos/Lockstep.svg");
    assertThat(Templates.text(Templates.SENTINEL.resolve("Logos").resolve("Lockstep.svg")))
        .hasSizeLessThan(5_000)
        .doesNotContain("style=", "<title>", "xlink", "id=");
  }

  @Test
  void everyFileHasAnIdOfItsOwn() throws IOException {
    Set<UUID> ids = new TreeSet<>();
    for (Path file : contents().toList()) {
      assertThat(ids.add(UUID.fromString(Solution.yaml(file).path("id").asText()))).isTrue();
    }
    assertThat(ids).hasSize(14);
  }

  @ParameterizedTest
  @MethodSource("contents")
  void saysWhatTheChecksAskFor(Path file) throws IOException {
    String text = Templates.text(file);
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(text)).as("ASCII").isTrue();
    JsonNode said = Solution.yaml(file);
    if (file.startsWith(Solution.PARSERS)) {
      assertThat(said.path("FunctionQuery").asText()).isNotEmpty();
      assertThat(said.at("/Function/Version").asText()).matches("\\d+\\.\\d+\\.\\d+");
      return;
    }
    assertThat(said.path("version").asText()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(said.path("name").asText()).hasSizeBetween(1, 256);
    assertThat(said.path("description").asText()).hasSizeBetween(1, 5_000);
    Set<String> tables = new TreeSet<>();
    for (JsonNode connector : said.path("requiredDataConnectors")) {
      assertThat(connector.path("connectorId").asText())
          .isEqualTo(Solution.json(Solution.CONNECTOR).path("id").asText());
      connector.path("dataTypes").forEach(type -> tables.add(type.asText()));
    }
    String query =
        said.path("query").asText().replace("LockstepDetections\n", "LockstepDetections_CL\n");
    for (String table : List.of("LockstepDetections_CL", "LockstepHeartbeat_CL")) {
      assertThat(tables.contains(table))
          .as("%s reads %s", file, table)
          .isEqualTo(query.contains(table));
    }
    for (JsonNode technique : said.path("relevantTechniques")) {
      assertThat(technique.asText()).matches("T\\d{4}(\\.\\d{3})?");
    }
  }

  @Test
  void everyEntityIsAColumnOfItsQuery() throws IOException {
    for (Path file : contents().toList()) {
      JsonNode columns = QueriesTest.columns(Solution.name(file));
      for (String column :
          Solution.yaml(file).path("entityMappings").findValuesAsText("columnName")) {
        assertThat(columns.has(column)).as("%s: %s", file, column).isTrue();
      }
    }
  }

  @Test
  void packageNamesTheServiceAsItIsCalled() throws IOException {
    for (Path file : Solution.files(Solution.ROOT.resolve("Package"))) {
      assertThat(Templates.text(file).replace("Microsoft Sentinel", ""))
          .doesNotContainPattern("(?<!-)\\bSentinel\\b");
    }
    String id =
        Solution.json(Solution.ROOT.resolve("Package").resolve("mainTemplate.json"))
            .at("/variables/solutionId")
            .asText();
    assertThat(id).matches("[^.A-Z]+\\.[^.A-Z]+");
  }

  @Test
  void filteringParserHasTheParametersOfTheSchema() {
    JsonNode parser = Solution.yaml(Solution.PARSERS.resolve("vimAlertEventLockstep.yaml"));
    assertThat(parser.path("ParserParams").findValuesAsText("Name"))
        .containsExactly(
            "starttime",
            "endtime",
            "ipaddr_has_any_prefix",
            "hostname_has_any",
            "username_has_any",
            "attacktactics_has_any",
            "attacktechniques_has_any",
            "threatcategory_has_any",
            "alertverdict_has_any",
            "eventseverity_has_any",
            "disabled");
    for (String name : parser.path("ParserParams").findValuesAsText("Name")) {
      assertThat(parser.path("FunctionQuery").asText()).contains(name);
    }
  }

  @Test
  void bothParsersGiveTheSameColumns_withWhatTheSchemaRequires() throws IOException {
    JsonNode columns = QueriesTest.columns("ASimAlertEventLockstep");
    assertThat(QueriesTest.columns("vimAlertEventLockstep")).isEqualTo(columns);
    for (String required :
        List.of(
            "TimeGenerated datetime",
            "Type string",
            "EventCount int",
            "EventStartTime datetime",
            "EventEndTime datetime",
            "EventType string",
            "EventUid string",
            "EventProduct string",
            "EventVendor string",
            "EventSchema string",
            "EventSchemaVersion string",
            "EventSubType string",
            "EventSeverity string",
            "AlertId string",
            "AlertName string",
            "AlertDescription string",
            "DvcIpAddr string",
            "IpAddr string",
            "Username string",
            "User string",
            "UserIdType string",
            "UsernameType string",
            "AttackTactics string",
            "AttackTechniques string",
            "ThreatCategory string",
            "IndicatorType string",
            "AdditionalFields dynamic")) {
      int space = required.indexOf(' ');
      assertThat(columns.path(required.substring(0, space)).asText())
          .as(required)
          .isEqualTo(required.substring(space + 1));
    }
  }

  static Stream<Path> contents() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : List.of(Solution.RULES, Solution.HUNTS, Solution.PARSERS)) {
      files.addAll(Solution.files(folder));
    }
    return files.stream();
  }
}
