package dev.lockstep.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.detections.BuiltInRules;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
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

/**
 * The queries of the solution are the ones in the template; they were analysed since they changed.
 * {@code topology-tests/src/test/kusto/run} asks Microsoft's analyser of the language, which knows
 * the tables' columns and types; it comes from npm, so a build only looks at what it said.
 */
class QueriesTest {
  static final Path CHECKED = Path.of("src", "test", "resources", "kusto", "checked.jsonl");

  private static final String SHARED =
      "// What an alert shows, within the limits of its parts; the same in every rule.";

  /** A column or an expanded list, then a name within: what the analyser cannot know. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "\\b(Principal|Partner|Evidence\\[\\d]|About|Event|Check|Alert|DefenderAlerts\\[\\d])"
              + "((?:\\.\\w+|\\[\"\\w+\"])+)");

  /** Where in a detection the names lie that the queries give to one element of a list. */
  private static final Map<String, String> WITHIN =
      Map.of(
          "Event", "evidence",
          "About", "evidence.network",
          "Check", "gates",
          "Alert", "defenderAlerts");

  /** What an alert of Defender has in a detection. */
  private static final Set<String> ALERT = Set.of("id", "title", "link", "severity", "product");

  @Test
  void wereAnalysedSinceTheyChanged() throws Exception {
    Map<String, String> now = new TreeMap<>();
    for (Map.Entry<String, String> query : all().entrySet()) {
      now.put(query.getKey(), digest(query.getValue()));
    }
    Map<String, String> then = new TreeMap<>();
    checked().forEach((query, line) -> then.put(query, line.path("digest").asText()));
    Set<String> changed = new TreeSet<>(now.keySet());
    changed.addAll(then.keySet());
    changed.removeIf(query -> Objects.equals(now.get(query), then.get(query)));
    assertThat(changed)
        .as(
            "queries that changed: run topology-tests/src/test/kusto/run (needs Node.js and the"
                + " npm registry)")
        .isEmpty();
  }

  @Test
  void areAllInTheTemplate_andNoOtherIs() throws IOException {
    JsonNode template = Templates.JSON.readTree(Templates.text(Templates.CONTENT));
    List<String> embedded = new ArrayList<>();
    collect(template, embedded);
    for (JsonNode resource : template.path("resources")) {
      JsonNode workbook = resource.at("/properties/serializedData");
      if (workbook.isTextual()) {
        collect(Templates.JSON.readTree(workbook.asText()), embedded);
      }
    }
    List<String> missing = new ArrayList<>();
    Solution.queries()
        .forEach(
            (name, query) -> {
              if (!embedded.remove(query)) {
                missing.add(name);
              }
            });
    assertThat(missing)
        .as(
            "queries that content.json has in another form, or not; copy"
                + " topology-tests/target/templates over deploy, once BicepAndJsonTest has run")
        .isEmpty();
    assertThat(embedded).as("queries of content.json that are in no file").isEmpty();
  }

  private static void collect(JsonNode value, List<String> queries) {
    for (String name : List.of("query", "FunctionQuery")) {
      String query = value.path(name).asText();
      if (value.isObject() && !query.isEmpty() && !query.startsWith("[")) {
        queries.add(query);
      }
    }
    value.forEach(child -> collect(child, queries));
  }

  @ParameterizedTest
  @MethodSource("names")
  void staysBelowTheLimitOfARule(String name) throws IOException {
    String query = all().getOrDefault(name, "");
    assertThat(query)
        .hasSizeBetween(1, 10_000)
        .doesNotContain("search *", "union *")
        .endsWith("\n");
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(query)).as("ASCII").isTrue();
    if (!name.startsWith("defender/")) {
      assertThat(query).startsWith("//");
    }
  }

  @Test
  void nameARunbookOfEveryRule() {
    String query = Solution.yaml(Solution.RULES.resolve("NewFinding.yaml")).path("query").asText();
    for (Rule rule : BuiltInRules.all()) {
      String line = "Rule == \"" + rule.info().id() + "\", \"1. ";
      assertThat(query.contains(line))
          .as(
              "NewFinding.yaml has the beginning of the runbook of %s, in a line of its case() that"
                  + " begins with %s; the three rules on findings have the same lines",
              rule.info().id(), line)
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("twins")
  void forDefenderAreThoseOfTheRules_withoutComments(String name) throws IOException {
    String query = DefenderQueries.all().getOrDefault(name, "");
    Path file = DefenderQueries.FOLDER.resolve(name + ".kql");
    Path wanted = Path.of("target", "templates", "sentinel", "defender", name + ".kql");
    Files.createDirectories(wanted.getParent());
    Files.writeString(wanted, query, StandardCharsets.UTF_8);
    assertThat(Files.exists(file) && Templates.text(file).equals(query))
        .as(
            "%s is what the rule %s says; if not, copy topology-tests/%s over it",
            file, name, wanted)
        .isTrue();
    assertThat(query).doesNotContain("//");
    JsonNode columns = columns("defender/" + name);
    assertThat(columns.path("Timestamp").asText()).isEqualTo("datetime");
    assertThat(columns.path("TimeGenerated").asText()).isEqualTo("datetime");
    assertThat(columns.path("ReportId").asText()).isEqualTo("string");
    if (!name.equals("Health")) {
      assertThat(columns.has("AccountObjectId") && columns.has("AccountUpn")).isTrue();
    }
  }

  static Stream<String> twins() throws IOException {
    return DefenderQueries.all().keySet().stream();
  }

  @Test
  void showTheSameInEveryRuleOnFindings() {
    Set<String> shown = new TreeSet<>();
    for (String rule : List.of("NewFinding", "RaisedFinding", "LowFinding")) {
      String query = Solution.yaml(Solution.RULES.resolve(rule + ".yaml")).path("query").asText();
      assertThat(query).contains(SHARED);
      shown.add(query.substring(query.indexOf(SHARED)));
    }
    assertThat(shown).hasSize(1);
  }

  @Test
  void nearRealTimeLooksAtTheRowAlone() {
    String query = Solution.yaml(Solution.RULES.resolve("NewFinding.yaml")).path("query").asText();
    assertThat(query).doesNotContain("join", "union", "ago(", "summarize", "let ");
  }

  @Test
  void nameWhatADetectionHasInside() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, String> query : all().entrySet()) {
      Matcher inside = INSIDE.matcher(query.getValue());
      while (inside.find()) {
        if (!exists(inside.group(1), inside.group(2))) {
          wrong.add(query.getKey() + ": " + inside.group());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean exists(String column, String path) {
    int bracket = column.indexOf('[');
    String name = bracket < 0 ? column : column.substring(0, bracket);
    String from =
        WITHIN.getOrDefault(
            name, name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
    String steps = from + path.replace("[\"", ".").replace("\"]", "");
    Schema schema = Detection.getClassSchema();
    for (String step : steps.split("\\.", -1)) {
      if (schema.getType() == Schema.Type.MAP) {
        return ALERT.contains(step);
      }
      Schema.Field field = schema.getField(step);
      if (field == null) {
        return false;
      }
      schema = element(field.schema());
    }
    return true;
  }

  private static Schema element(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> element(schema.getTypes().get(schema.getTypes().size() - 1));
      case ARRAY -> element(schema.getElementType());
      default -> schema;
    };
  }

  /** Returns what the analyser said, by query. */
  static Map<String, JsonNode> checked() throws IOException {
    Map<String, JsonNode> checked = new TreeMap<>();
    for (String line : Templates.text(CHECKED).lines().toList()) {
      JsonNode json = Templates.JSON.readTree(line);
      checked.put(json.path("query").asText(), json);
    }
    return checked;
  }

  private static String digest(String text) throws NoSuchAlgorithmException {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  /** Returns the columns that a query gives, by the analyser. */
  static JsonNode columns(String name) throws IOException {
    JsonNode line = checked().get(name);
    assertThat(line).as(name).isNotNull();
    return line == null ? Templates.JSON.nullNode() : line.path("columns");
  }

  /** Returns all queries by name, those for Defender too. */
  static Map<String, String> all() throws IOException {
    Map<String, String> all = new TreeMap<>(Solution.queries());
    DefenderQueries.all().forEach((name, query) -> all.put("defender/" + name, query));
    return all;
  }

  static Stream<String> names() throws IOException {
    return all().keySet().stream();
  }
}
