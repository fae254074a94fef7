package dev.lockstep.ingest.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.record.FieldSources.Group;
import dev.lockstep.ingest.record.FieldSources.Row;
import dev.lockstep.ingest.record.FieldSources.Source;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves what {@code docs/fields.md} says, and that it says it. */
class FieldsTest {
  private static final Path PAGE = Path.of("..", "docs", "fields.md");
  private static final String WRITE = "lockstep.write";
  private static final String COMMAND =
      "mvn -q -pl ingest -am test -Dtest=FieldsTest -Dsurefire.failIfNoSpecifiedTests=false -D"
          + WRITE;

  /** What no single field of a record says. */
  private static final Set<String> NOT_FROM_A_FIELD =
      Set.of(
          "kind",
          "raw",
          "category",
          "where",
          "linked",
          "edged",
          "settled",
          "idleOrigin",
          "alert.own");

  static Stream<Group> groups() {
    return FieldSources.all().stream();
  }

  @ParameterizedTest
  @MethodSource("groups")
  void eachFieldIsFromWhereThePageSays(Group group) {
    for (Row row : group.rows()) {
      for (int i = 0; i < row.sources().size(); i++) {
        Source source = row.sources().get(i);
        assertThat(values(probed(group, row, i), row.field()))
            .as("%s from %s", row.field(), source.path())
            .contains(source.form().expected())
            .doesNotContain("other");
        assertThat(values(probed(group, row, row.sources().size()), row.field()))
            .as("%s without any of its sources", row.field())
            .doesNotContain(source.form().expected().equals("workload") ? "" : expected(source));
      }
    }
  }

  /** A flag that nothing sets has one of its two values. */
  private static String expected(Source source) {
    String expected = source.form().expected();
    return expected.equals("false") ? "" : expected;
  }

  @ParameterizedTest
  @MethodSource("groups")
  void eachCategoryOfAGroupIsReadAlike(Group group) {
    for (String category : group.categories()) {
      Probe probe = new Probe(group.base());
      if (!group.base().contains("SystemAlertId")) {
        probe.set("category", "\"" + category + "\"");
      }
      Activity activity = Records.activity(probe.text());
      assertThat(activity.getCategory()).isEqualTo(category);
      assertThat(activity.getKind()).isEqualTo(group.kind());
    }
  }

  /** Returns the base record with the probe in one source, nothing before and others after it. */
  private static String probed(Group group, Row row, int index) {
    Probe probe = new Probe(group.base());
    for (String edit : row.removed()) {
      if (edit.startsWith("+")) {
        probe.set(edit.substring(1), "\"something\"");
      } else {
        probe.remove(edit);
      }
    }
    for (int i = 0; i < row.sources().size(); i++) {
      Source source = row.sources().get(i);
      if (i < index) {
        probe.remove(source.path());
      } else {
        probe.set(source.path(), i == index ? source.form().value() : source.form().other());
      }
    }
    return probe.text();
  }

  /** Returns what the field holds: nothing, or one value, or those of a list. */
  private static List<String> values(String record, String field) {
    Outcome outcome = Records.one(record);
    if (!(outcome instanceof Outcome.Mapped mapped)) {
      return List.of();
    }
    List<JsonNode> nodes = List.of(Probe.parsed(AvroJson.of(mapped.activity())));
    for (String key : Probe.keys(field)) {
      nodes = nodes.stream().map(node -> node.path(key)).flatMap(FieldsTest::elements).toList();
    }
    return nodes.stream().filter(node -> !node.isMissingNode()).map(JsonNode::asText).toList();
  }

  private static Stream<JsonNode> elements(JsonNode node) {
    List<JsonNode> elements = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(elements::add);
      return elements.stream();
    }
    return Stream.of(node);
  }

  @Test
  void thePageHasEveryField() {
    Set<String> told = new TreeSet<>(NOT_FROM_A_FIELD);
    groups().flatMap(group -> group.rows().stream()).map(Row::field).forEach(told::add);
    assertThat(told).isEqualTo(new TreeSet<>(fields().keySet()));
  }

  @Test
  void thePageIsTheOneThatTheTestsProve() throws IOException {
    String page = page();
    if (Boolean.getBoolean(WRITE) || "".equals(System.getProperty(WRITE))) {
      Files.writeString(PAGE, page);
    }
    Path made = Path.of("target", "fields.md");
    Files.writeString(made, page);
    assertThat(PAGE).as("written by: %s", COMMAND).hasSameTextualContentAs(made);
  }

  /** Returns the fields that hold values, by their paths, in the schema's order. */
  private static Map<String, Schema.Field> fields() {
    Map<String, Schema.Field> fields = new LinkedHashMap<>();
    collect("", Activity.getClassSchema(), fields);
    return fields;
  }

  private static void collect(String prefix, Schema record, Map<String, Schema.Field> fields) {
    for (Schema.Field field : record.getFields()) {
      Schema inner = value(field.schema());
      inner = inner.getType() == Schema.Type.ARRAY ? inner.getElementType() : inner;
      String path = prefix + field.name();
      if (inner.getType() == Schema.Type.RECORD && !path.equals("where")) {
        collect(path + ".", inner, fields);
      } else {
        fields.put(path, field);
      }
    }
  }

  private static Schema value(Schema schema) {
    return schema.getType() == Schema.Type.UNION
        ? schema.getTypes().stream()
            .filter(each -> each.getType() != Schema.Type.NULL)
            .findFirst()
            .orElseThrow()
        : schema;
  }

  private static String page() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Fields of an activity

        What is made of a record of each category: the events on `lockstep.activity`, which rules
        match on. A test puts a probe into each source named here and finds it in the field, so the
        page says what the code does. It is written by

        ```
        %s
        ```

        Keys are found whatever their case. Absence is null, an empty or blank text, `<null>`, an
        empty object or an empty list. Where several sources are named, the first that is there
        counts. A word for people is cut at 256 characters, any other text at 1,024. Times are read
        in every form that Azure writes and are milliseconds since 1970; `arrivalAt` is the
        transport's, where it knows it. Categories that are not named here are ignored and counted.

        ## All fields

        | field | type | what it is |
        | --- | --- | --- |
        """
            .formatted(COMMAND));
    fields()
        .forEach(
            (path, field) ->
                page.append("| `%s` | %s | %s |\n".formatted(path, type(field), doc(field))));
    for (Group group : FieldSources.all()) {
      page.append("\n## ").append(group.title()).append("\n\n");
      page.append("Kind `").append(group.kind()).append("`");
      if (!group.categories().isEmpty()) {
        page.append(
            group.categories().stream().collect(Collectors.joining("`, `", ", category `", "`")));
      }
      page.append(".\n\n");
      if (!group.note().isEmpty()) {
        page.append(group.note()).append("\n\n");
      }
      page.append("| field | from |\n| --- | --- |\n");
      group.rows().forEach(row -> page.append(line(row)));
    }
    return page.toString();
  }

  private static String type(Schema.Field field) {
    if ("instant".equals(field.getProp("unit"))) {
      return "time";
    }
    Schema schema = value(field.schema());
    return switch (schema.getType()) {
      case STRING -> "text";
      case ENUM -> "word";
      case BOOLEAN -> "flag";
      case ARRAY -> "list";
      case RECORD -> "object";
      case BYTES -> "bytes";
      default -> "number";
    };
  }

  private static String doc(Schema.Field field) {
    return field.doc() == null ? "" : field.doc().replace("|", "\\|");
  }

  private static String line(Row row) {
    String where = row.where().isEmpty() ? "" : " (" + row.where() + ")";
    Set<String> notes =
        row.sources().stream().map(source -> source.form().note()).collect(Collectors.toSet());
    String common = notes.size() == 1 ? record(row.sources().get(0)) : "";
    String sources =
        row.sources().stream()
            .map(source -> "`" + source.path() + "`" + (notes.size() == 1 ? "" : record(source)))
            .collect(Collectors.joining(", else "));
    return "| `%s`%s | %s%s |\n".formatted(row.field(), where, sources, common);
  }

  private static String record(Source source) {
    String note = source.form().note();
    return note.isEmpty() ? "" : " (" + note + ")";
  }
}
