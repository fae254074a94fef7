package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The template for Sentinel keeps to the product's rows and to the documented limits. */
class SentinelTemplateTest {
  private static final String TABLES = "Microsoft.OperationalInsights/workspaces/tables";
  private static final String RULES = "Microsoft.SecurityInsights/alertRules";
  private static final List<String> FINDINGS = List.of("NewFinding", "RaisedFinding", "LowFinding");

  /** Names that a custom table's column must not have. */
  private static final Set<String> RESERVED =
      Set.of("_ResourceId", "id", "_SubscriptionId", "TenantId", "Type", "UniqueId", "Title");

  /** Identifiers of entities, as far as they are used. */
  private static final Map<String, Set<String>> IDENTIFIERS =
      Map.of(
          "Account", Set.of("AadUserId", "Name", "UPNSuffix", "ObjectGuid"),
          "IP", Set.of("Address"),
          "CloudApplication", Set.of("Name"));

  /** What an alert's properties are called that a column may give. */
  private static final Set<String> PROPERTIES =
      Set.of(
          "AlertLink",
          "ConfidenceLevel",
          "ConfidenceScore",
          "ExtendedLinks",
          "ProductComponentName",
          "ProductName",
          "ProviderName",
          "RemediationSteps",
          "SubTechniques",
          "Techniques");

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
    assertThat(table("LockstepDetections_CL"))
        .as("columns of the table; data.bicep lists the fields of detection.avsc")
        .isEqualTo(columns());
    assertThat(stream("Custom-LockstepDetections_CL"))
        .as("columns of the stream; data.bicep lists the fields of detection.avsc")
        .isEqualTo(columns());
  }

  /** Returns the columns that a row can have, with their types. */
  private static Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("TimeGenerated", "datetime");
    for (Schema.Field field : Detection.getClassSchema().getFields()) {
      String name =
          switch (field.name()) {
            case "id" -> "DetectionId";
            case "title" -> "AlertTitle";
            default ->
                field.name().substring(0, 1).toUpperCase(Locale.ROOT) + field.name().substring(1);
          };
      columns.put(name, type(field));
    }
    columns.put("Trimmed", "dynamic");
    return columns;
  }

  private static String type(Schema.Field field) {
    if ("instant".equals(field.getProp("unit"))) {
      return "datetime";
    }
    Schema schema = field.schema();
    if (schema.getType() == Schema.Type.UNION) {
      schema = schema.getTypes().get(schema.getTypes().size() - 1);
    }
    return switch (schema.getType()) {
      case STRING, ENUM -> "string";
      case INT -> "int";
      case LONG -> "long";
      case DOUBLE -> "real";
      case BOOLEAN -> "boolean";
      default -> "dynamic";
    };
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
        Templates.resource(Templates.DATA, "Microsoft.Insights/dataCollectionRules", "lockstep");
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
    for (JsonNode one : override.path("alertDynamicProperties")) {
      assertThat(PROPERTIES).contains(one.path("alertProperty").asText());
      named.add(one.path("value").asText());
    }
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
    // Ten in the service, five in the checks of the Azure-Sentinel repository.
    assertThat(mappings.size()).isLessThanOrEqualTo(5);
    assertThat(mappings.isEmpty()).isEqualTo(isHealth(rule));
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
              ? List.of("SubjectId", "DetectionId")
              : List.of(name.asText())) {
        assertThat(details.has(detail)).as(detail).isTrue();
      }
    }
  }

  private static boolean isHealth(JsonNode rule) {
    return rule.at("/properties/displayName").asText().equals("Lockstep: health");
  }

  /** Names first: an id is shown only where nothing better is known. */
  @Test
  void alertsNamePeopleAndThings() throws IOException {
    for (String name : FINDINGS) {
      JsonNode rule = Solution.yaml(Solution.RULES.resolve(name + ".yaml"));
      assertThat(rule.at("/customDetails/Subject").asText()).isEqualTo("Subject");
      assertThat(rule.at("/customDetails/Partner").asText()).isEqualTo("PartnerName");
      assertThat(rule.path("query").asText())
          .contains("Subject = substring(coalesce(PartnerName, PrincipalName, PrincipalId,")
          .contains("WorkloadName = iff(PrincipalType == \"workload\", coalesce(PrincipalName,");
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
      techniques.addAll(info.techniques());
    }
    for (String name : FINDINGS) {
      JsonNode said = Solution.yaml(Solution.RULES.resolve(name + ".yaml"));
      assertThat(texts(said.path("tactics")))
          .as("tactics of %s.yaml: those of all built-in rules", name)
          .containsExactlyElementsOf(tactics);
      assertThat(texts(said.path("relevantTechniques")))
          .as("relevantTechniques of %s.yaml: those of all built-in rules", name)
          .containsExactlyElementsOf(techniques);
    }
    JsonNode variables = Solution.json(Templates.CONTENT).path("variables");
    Set<String> parents = new TreeSet<>();
    techniques.forEach(technique -> parents.add(technique.substring(0, 5)));
    assertThat(texts(variables.path("findingTechniques")))
        .as("findingTechniques of content.bicep: T and four digits of each technique")
        .containsExactlyElementsOf(parents);
    techniques.removeIf(technique -> technique.length() == 5);
    assertThat(texts(variables.path("findingSubTechniques")))
        .as("findingSubTechniques of content.bicep: the techniques with a dot")
        .containsExactlyElementsOf(techniques);
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

  /** Bicep says again what YAML says in another spelling: durations, operators, parameters. */
  @Test
  void templateSaysWhatTheFilesSay() throws IOException {
    Map<String, JsonNode> said = new TreeMap<>();
    for (Path file : Solution.files(Solution.RULES)) {
      JsonNode yaml = Solution.yaml(file);
      said.put(yaml.path("name").asText(), yaml);
    }
    for (JsonNode rule : rules().toList()) {
      JsonNode yaml =
          Objects.requireNonNull(said.remove(rule.at("/properties/displayName").asText()));
      assertThat(rule.path("kind")).isEqualTo(yaml.path("kind"));
      if (yaml.path("kind").asText().equals("Scheduled")) {
        assertThat(yaml.path("triggerOperator").asText()).isEqualTo("gt");
        assertThat(rule.at("/properties/triggerOperator").asText()).isEqualTo("GreaterThan");
        for (String name : List.of("queryFrequency", "queryPeriod")) {
          assertThat(rule.at("/properties/" + name).asText())
              .isEqualTo("PT" + yaml.path(name).asText().toUpperCase(Locale.ROOT));
        }
      }
      JsonNode grouping = yaml.path("incidentConfiguration");
      String text = rule.at("/properties/incidentConfiguration").toString();
      assertThat(text.replaceAll("\"\\[if\\(.*?\\)]\"", "\"SubjectId\""))
          .isEqualTo(grouping.toString());
    }
    assertThat(said).isEmpty();
    for (JsonNode parser : Solution.json(Templates.CONTENT).at("/variables/parsers")) {
      assertThat(parser.path("parameters").asText())
          .isEqualTo(SolutionPackage.parameters(parser.path("said")));
    }
  }

  @Test
  void functionsAreNamedByTheirFiles() throws IOException {
    for (Path file : Solution.files(Solution.PARSERS)) {
      JsonNode said = Solution.yaml(file);
      assertThat(said.path("FunctionName").asText()).isEqualTo(Solution.name(file));
      assertThat(said.path("FunctionAlias").asText()).isEqualTo(Solution.name(file));
    }
  }

  @Test
  void theWorkbookAsksForATimeAndShowsWhatItsQueriesGive() throws IOException {
    Set<String> names = new TreeSet<>();
    Set<String> asked = new TreeSet<>();
    for (JsonNode item : Solution.json(Solution.WORKBOOK).path("items")) {
      String name = item.path("name").asText();
      assertThat(names.add(name)).isTrue();
      JsonNode content = item.path("content");
      content.path("parameters").forEach(one -> asked.add(one.path("name").asText()));
      if (!content.path("query").isTextual()) {
        continue;
      }
      assertThat(asked).contains(content.path("timeContextFromParameter").asText());
      assertThat(Set.of("table", "timechart", "linechart", "tiles", "map"))
          .contains(content.path("visualization").asText());
      JsonNode columns = QueriesTest.columns("workbook/" + name);
      List<String> shown = new ArrayList<>(content.findValuesAsText("columnMatch"));
      shown.addAll(content.findValuesAsText("sortCriteriaField"));
      JsonNode map = content.path("mapSettings");
      for (String place : List.of("latitude", "longitude", "sizeSettings", "labelSettings")) {
        if (map.has(place)) {
          shown.add(map.path(place).asText());
        }
      }
      content.path("exportedParameters").forEach(one -> shown.add(one.path("fieldName").asText()));
      shown.forEach(column -> assertThat(columns.has(column)).as(name + ": " + column).isTrue());
      content
          .path("exportedParameters")
          .forEach(one -> asked.add(one.path("parameterName").asText()));
      Matcher used = Pattern.compile("\\{(\\w+)}").matcher(content.path("query").asText());
      while (used.find()) {
        assertThat(asked).contains(used.group(1));
      }
      if (item.has("conditionalVisibility")) {
        assertThat(asked).contains(item.at("/conditionalVisibility/parameterName").asText());
      }
    }
    assertThat(names).hasSizeGreaterThan(9);
    JsonNode workbook =
        Templates.resources(Templates.CONTENT).stream()
            .filter(one -> one.path("type").asText().equals("Microsoft.Insights/workbooks"))
            .findFirst()
            .orElseThrow();
    assertThat(workbook.at("/properties/serializedData").asText())
        .isEqualTo(Templates.text(Solution.WORKBOOK));
  }

  private static JsonNode columns(JsonNode rule) throws IOException {
    String query = rule.at("/properties/query").asText();
    for (Map.Entry<String, String> one : Solution.queries().entrySet()) {
      if (one.getValue().equals(query)) {
        return QueriesTest.columns(one.getKey());
      }
    }
    throw new AssertionError(
        "the query of %s is in no file; if a file changed, copy topology-tests/target/templates over deploy, once BicepAndJsonTest has run"
            .formatted(rule.path("name")));
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
        Templates.resource(Templates.DATA, TABLES, name).at("/properties/schema/columns"));
  }

  private static Map<String, String> stream(String name) throws IOException {
    return columnsOf(
        Templates.resource(Templates.DATA, "Microsoft.Insights/dataCollectionRules", "lockstep")
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
    return Templates.resources(Templates.DATA).stream()
        .filter(one -> one.path("type").asText().equals(TABLES));
  }

  static Stream<JsonNode> rules() throws IOException {
    return Templates.resources(Templates.CONTENT).stream()
        .filter(one -> one.path("type").asText().equals(RULES));
  }
}
