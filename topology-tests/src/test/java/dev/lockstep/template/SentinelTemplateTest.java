package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.sentinel.logs.DetectionRow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The template for Sentinel keeps to the product's rows and to the documented limits. */
class SentinelTemplateTest {
  private static final String TABLES = "Microsoft.OperationalInsights/workspaces/tables";
  private static final String RULES = "Microsoft.SecurityInsights/alertRules";

  /** Names that a custom table's column must not have. */
  private static final Set<String> RESERVED =
      Set.of("_ResourceId", "id", "_SubscriptionId", "TenantId", "Type", "UniqueId", "Title");

  /** Identifiers of entities, as far as they are used. */
  private static final Map<String, Set<String>> IDENTIFIERS =
      Map.of(
          "Account", Set.of("AadUserId", "Name", "UPNSuffix", "ObjectGuid"),
          "IP", Set.of("Address"),
          "CloudApplication", Set.of("Name"),
          "Host", Set.of("HostName"));

  /** The most bytes of what a query does not cut: a number, a time, a word of ours, an address. */
  private static final Map<String, Integer> UNCUT =
      Map.ofEntries(
          Map.entry("DetectionId", 64),
          Map.entry("Revision", 11),
          Map.entry("Rule", 32),
          Map.entry("Reason", 32),
          Map.entry("Count", 11),
          Map.entry("StartTime", 28),
          Map.entry("EndTime", 28),
          Map.entry("ColdStart", 5),
          Map.entry("CorrelationId", 32));

  @Test
  void tableAndStreamHaveTheColumnsOfARow() throws IOException {
    assertThat(table("LockstepDetections_CL")).isEqualTo(DetectionRow.columns());
    assertThat(stream("Custom-LockstepDetections_CL")).isEqualTo(DetectionRow.columns());
  }

  @Test
  void tableAndStreamHaveTheColumnsOfABeat() throws IOException {
    Map<String, String> columns = new LinkedHashMap<>();
    for (String column :
        List.of(
            "TimeGenerated datetime",
            "Instance string",
            "Version string",
            "Roles string",
            "StartedAt datetime",
            "IntervalSeconds int",
            "Source string",
            "Status string",
            "Reason string",
            "RecordsIn long",
            "Activities long",
            "Ignored long",
            "Rejected long",
            "Quarantined long",
            "Missing long",
            "LostOffsets long",
            "LagRecords long",
            "LagSeconds real",
            "NewestAt datetime",
            "Detections long",
            "RowsForwarded long",
            "RowsHeldBack long",
            "RowsRejected long",
            "BytesRead long",
            "BytesForwarded long",
            "Rules string")) {
      int space = column.indexOf(' ');
      columns.put(column.substring(0, space), column.substring(space + 1));
    }
    assertThat(table("LockstepHeartbeat_CL")).isEqualTo(columns);
    assertThat(stream("Custom-LockstepHeartbeat_CL")).isEqualTo(columns);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void tablesAreAsACustomTableMustBe(JsonNode table) {
    assertThat(table.at("/properties/schema/name").asText()).endsWith("_CL");
    List<String> names = new ArrayList<>();
    table
        .at("/properties/schema/columns")
        .forEach(column -> names.add(column.path("name").asText()));
    assertThat(names).contains("TimeGenerated").doesNotContainAnyElementsOf(RESERVED);
    assertThat(names)
        .allMatch(name -> name.length() <= 45 && name.matches("[A-Za-z][A-Za-z0-9_]*"));
    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void everyStreamFlowsIntoItsTable() throws IOException {
    JsonNode rule =
        Templates.resource(
            Templates.SENTINEL, "Microsoft.Insights/dataCollectionRules", "lockstep");
    assertThat(rule.path("kind").asText()).isEqualTo("Direct");
    Set<String> flowing = new TreeSet<>();
    for (JsonNode flow : rule.at("/properties/dataFlows")) {
      assertThat(flow.path("streams")).hasSize(1);
      assertThat(flow.path("outputStream")).isEqualTo(flow.at("/streams/0"));
      assertThat(flow.path("destinations").get(0))
          .isEqualTo(rule.at("/properties/destinations/logAnalytics/0/name"));
      flowing.add(flow.at("/streams/0").asText());
    }
    Set<String> declared = new TreeSet<>();
    rule.at("/properties/streamDeclarations").fieldNames().forEachRemaining(declared::add);
    assertThat(flowing).isEqualTo(declared);
    assertThat(flowing).allMatch(stream -> hasTable(stream.substring("Custom-".length())));
  }

  private static boolean hasTable(String name) {
    try {
      return !table(name).isEmpty();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rulesNameColumnsThatTheirQueriesGive(JsonNode rule) throws IOException {
    JsonNode columns = columns(rule);
    Set<String> named = new TreeSet<>();
    rule.at("/properties/entityMappings").findValuesAsText("columnName").forEach(named::add);
    rule.at("/properties/customDetails").forEach(column -> named.add(column.asText()));
    JsonNode override = rule.at("/properties/alertDetailsOverride");
    named.add(override.path("alertSeverityColumnName").asText());
    if (override.has("alertTacticsColumnName")) {
      named.add(override.path("alertTacticsColumnName").asText());
    }
    override.path("alertDynamicProperties").forEach(one -> named.add(one.path("value").asText()));
    named.addAll(placeholders(override.path("alertDisplayNameFormat").asText()));
    named.addAll(placeholders(override.path("alertDescriptionFormat").asText()));
    for (String column : named) {
      assertThat(columns.has(column)).as("%s in %s", column, rule.path("name")).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rulesKeepToTheLimitsOfEntitiesAndDetails(JsonNode rule) {
    JsonNode mappings = rule.at("/properties/entityMappings");
    assertThat(mappings.size()).isBetween(1, 10);
    for (JsonNode mapping : mappings) {
      assertThat(mapping.path("fieldMappings").size()).isBetween(1, 3);
      assertThat(IDENTIFIERS.get(mapping.path("entityType").asText()))
          .containsAll(mapping.findValuesAsText("identifier"));
    }
    JsonNode details = rule.at("/properties/customDetails");
    assertThat(details.size()).isBetween(1, 20);
    String query = rule.at("/properties/query").asText();
    int bytes = 0;
    for (Map.Entry<String, JsonNode> detail : details.properties()) {
      bytes += detail.getKey().length() + most(query, detail.getValue().asText()) + 8;
    }
    // Counted at three bytes a character; almost all of it is ASCII.
    assertThat(bytes).isLessThanOrEqualTo(2048);
    for (JsonNode name :
        rule.at("/properties/incidentConfiguration/groupingConfiguration/groupByCustomDetails")) {
      for (String detail :
          name.asText().startsWith("[")
              ? List.of("Subject", "DetectionId")
              : List.of(name.asText())) {
        assertThat(details.has(detail)).as(detail).isTrue();
      }
    }
  }

  private static int most(String query, String column) {
    Matcher cut =
        Pattern.compile("\\b" + column + " = substring\\(.*, 0, (\\d+)\\)").matcher(query);
    if (!cut.find()) {
      Integer uncut = UNCUT.get(column);
      assertThat(uncut).as("%s is cut to a length", column).isNotNull();
      return uncut == null ? 0 : uncut;
    }
    return 3 * Integer.parseInt(cut.group(1));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rulesNameAlertsSoThatTheyAreKnownAsOurs(JsonNode rule) {
    String format = rule.at("/properties/alertDetailsOverride/alertDisplayNameFormat").asText();
    assertThat(format).startsWith("Lockstep");
    assertThat(rule.at("/properties/displayName").asText()).startsWith("Lockstep");
    assertThat(placeholders(format)).hasSizeBetween(1, 3);
    assertThat(
            placeholders(
                rule.at("/properties/alertDetailsOverride/alertDescriptionFormat").asText()))
        .hasSizeBetween(1, 3);
  }

  @Test
  void rulesOnFindingsSayTheTacticsAndTechniquesOfTheProduct() throws IOException {
    Set<String> tactics = new TreeSet<>();
    Set<String> techniques = new TreeSet<>();
    for (Rule rule : BuiltInRules.all()) {
      RuleInfo info = rule.info();
      tactics.addAll(info.tactics());
      info.techniques().forEach(technique -> techniques.add(technique.substring(0, 5)));
    }
    for (String name : List.of("lockstep-new", "lockstep-raised", "lockstep-low")) {
      JsonNode properties = Templates.resource(Templates.SENTINEL, RULES, name).path("properties");
      assertThat(texts(properties.path("tactics"))).containsExactlyInAnyOrderElementsOf(tactics);
      assertThat(texts(properties.path("techniques")))
          .containsExactlyInAnyOrderElementsOf(techniques);
    }
  }

  @Test
  void scheduledRulesRunWithinWhatASchedulerAllows() throws IOException {
    for (JsonNode rule : rules().toList()) {
      if (!rule.path("kind").asText().equals("Scheduled")) {
        continue;
      }
      Duration every = duration(rule.at("/properties/queryFrequency").asText());
      Duration back = duration(rule.at("/properties/queryPeriod").asText());
      assertThat(every).isBetween(Duration.ofMinutes(5), Duration.ofDays(14));
      assertThat(back).isBetween(every, Duration.ofDays(14));
      if (back.compareTo(Duration.ofDays(2)) >= 0) {
        assertThat(every).isGreaterThanOrEqualTo(Duration.ofHours(1));
      }
      String window =
          "let window = "
              + (every.toMinutes() < 60 ? every.toMinutes() + "m" : every.toHours() + "h");
      assertThat(rule.at("/properties/query").asText()).contains(window);
      Duration grouped =
          duration(
              rule.at("/properties/incidentConfiguration/groupingConfiguration/lookbackDuration")
                  .asText());
      assertThat(grouped).isBetween(Duration.ofMinutes(5), Duration.ofDays(7));
    }
  }

  @Test
  void functionsAreNamedByTheirFiles() throws IOException {
    Set<String> functions = new TreeSet<>();
    for (JsonNode saved : Templates.resources(Templates.SENTINEL)) {
      JsonNode alias = saved.at("/properties/functionAlias");
      if (alias.isTextual()) {
        functions.add(alias.asText());
        assertThat(saved.at("/properties/query").asText())
            .isEqualTo(Templates.text(Templates.QUERIES.resolve(alias.asText() + ".kql")));
      }
    }
    assertThat(functions).containsExactly("ASimAlertEventLockstep", "LockstepDetections");
  }

  @Test
  void theWorkbookAsksForATimeAndShowsWhatItsQueriesGive() throws IOException {
    JsonNode book =
        Templates.JSON.readTree(Templates.text(Templates.SENTINEL)).at("/variables/book");
    Set<String> names = new TreeSet<>();
    Set<String> asked = new TreeSet<>();
    for (JsonNode item : book.path("items")) {
      assertThat(names.add(item.path("name").asText())).isTrue();
      item.at("/content/parameters").forEach(one -> asked.add(one.path("name").asText()));
      if (item.at("/content/query").isTextual()) {
        assertThat(asked).contains(item.at("/content/timeContextFromParameter").asText());
        assertThat(Set.of("table", "timechart", "linechart"))
            .contains(item.at("/content/visualization").asText());
      }
    }
    assertThat(names).hasSizeGreaterThan(9);
    JsonNode workbook =
        Templates.resources(Templates.SENTINEL).stream()
            .filter(one -> one.path("type").asText().equals("Microsoft.Insights/workbooks"))
            .findFirst()
            .orElseThrow();
    assertThat(workbook.at("/properties/serializedData").asText())
        .isEqualTo("[string(variables('book'))]");
  }

  private static JsonNode columns(JsonNode rule) throws IOException {
    String query = rule.at("/properties/query").asText();
    for (Path file : QueriesTest.files().toList()) {
      if (Templates.text(file).equals(query)) {
        JsonNode checked = QueriesTest.checked().get(file.getFileName().toString());
        assertThat(checked).isNotNull();
        return checked == null ? Templates.JSON.nullNode() : checked.path("columns");
      }
    }
    throw new AssertionError("the query of " + rule.path("name") + " is in no file");
  }

  private static List<String> placeholders(String format) {
    List<String> names = new ArrayList<>();
    Matcher matcher = Pattern.compile("\\{\\{(\\w+)}}").matcher(format);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** Returns a duration of ISO 8601 as ours are: of days, or of hours and minutes. */
  private static Duration duration(String iso) {
    return Duration.parse(iso);
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static Map<String, String> table(String name) throws IOException {
    return columnsOf(
        Templates.resource(Templates.SENTINEL, TABLES, name).at("/properties/schema/columns"));
  }

  private static Map<String, String> stream(String name) throws IOException {
    return columnsOf(
        Templates.resource(Templates.SENTINEL, "Microsoft.Insights/dataCollectionRules", "lockstep")
            .path("properties")
            .path("streamDeclarations")
            .path(name)
            .path("columns"));
  }

  private static Map<String, String> columnsOf(JsonNode columns) {
    Map<String, String> types = new LinkedHashMap<>();
    columns.forEach(
        column -> types.put(column.path("name").asText(), column.path("type").asText()));
    return types;
  }

  static Stream<JsonNode> tables() throws IOException {
    return Templates.resources(Templates.SENTINEL).stream()
        .filter(one -> one.path("type").asText().equals(TABLES));
  }

  static Stream<JsonNode> rules() throws IOException {
    return Templates.resources(Templates.SENTINEL).stream()
        .filter(one -> one.path("type").asText().equals(RULES));
  }
}
