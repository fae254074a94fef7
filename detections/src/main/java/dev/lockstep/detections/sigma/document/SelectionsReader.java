package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.DetectionSection;
import dev.lockstep.detections.sigma.match.Expression;
import dev.lockstep.detections.sigma.match.ExpressionParser;
import dev.lockstep.detections.sigma.match.FieldComparison;
import dev.lockstep.detections.sigma.match.FieldComparisonParser;
import dev.lockstep.detections.sigma.match.InvalidDetectionException;
import dev.lockstep.detections.sigma.match.Literal;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.detections.sigma.match.Selection;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the selections and the condition of a Sigma rule or filter, and of their lines in the
 * file.
 */
final class SelectionsReader {
  private static final int MOST_SELECTIONS = 1_000;

  private final Placeholders placeholders;
  private final Map<String, SourceLine> lines = new LinkedHashMap<>();
  private final List<WrittenField> fields = new ArrayList<>();
  private @Nullable SourceLine conditionAt;

  SelectionsReader(Placeholders placeholders) {
    this.placeholders = placeholders;
  }

  /**
   * Reads the selections and the condition of a rule or filter from a section of its document.
   *
   * @param section section that contains the selections and the condition
   * @param others keys of the section that are not selections
   */
  DetectionSection read(DocumentPart section, Set<String> others) throws DocumentException {
    if (section.has("timeframe")) {
      throw DocumentPart.refusal(
          section.at("timeframe"),
          "has the key timeframe of Sigma's old aggregations, which Lockstep does not support",
          "write a correlation with a timespan instead");
    }
    YamlValue condition = section.needed("condition", "add a condition that names selections");
    conditionAt = section.at("condition");
    Map<String, Selection> selections = new LinkedHashMap<>();
    for (Map.Entry<String, YamlValue.Entry> entry : section.entries().entrySet()) {
      if (!entry.getKey().equals("condition") && !others.contains(entry.getKey())) {
        lines.put(entry.getKey(), entry.getValue().keyAt());
        selections.put(entry.getKey(), selection(entry.getKey(), entry.getValue()));
      }
    }
    if (selections.isEmpty()) {
      throw DocumentPart.refusal(
          section.at(),
          "has no selection",
          "add a selection beside the condition: a name such as selection, and below it the fields"
              + " with their values");
    }
    if (selections.size() > MOST_SELECTIONS) {
      throw DocumentPart.refusal(
          section.at(),
          "has %d selections".formatted(selections.size()),
          "write at most %d selections".formatted(MOST_SELECTIONS));
    }
    return new DetectionSection(selections, condition(condition, selections.keySet()));
  }

  DetectionLines lines() {
    if (conditionAt == null) {
      throw new IllegalStateException(
          "the line numbers of a detection section were asked for before the section was read");
    }
    return new DetectionLines(lines, fields, conditionAt);
  }

  private static Expression condition(YamlValue condition, Set<String> names)
      throws DocumentException {
    List<YamlValue> all =
        condition instanceof YamlValue.Sequence list ? list.items() : List.of(condition);
    List<Expression> any = new ArrayList<>();
    for (YamlValue one : all) {
      if (!(one instanceof YamlValue.Scalar scalar)) {
        throw DocumentPart.refusal(
            one.at(),
            "has a condition that is not text",
            "write a condition such as condition: selection");
      }
      try {
        any.add(ExpressionParser.parse(scalar.text(), names, ExpressionParser.NameKind.SELECTION));
      } catch (InvalidDetectionException e) {
        throw DocumentPart.refusal(scalar.at(), e.what(), e.fix());
      }
    }
    if (any.isEmpty()) {
      throw DocumentPart.refusal(
          condition.at(),
          "has an empty list of conditions",
          "write a condition such as condition: selection");
    }
    return any.size() == 1 ? any.get(0) : new Expression.Any(any);
  }

  private Selection selection(String name, YamlValue.Entry entry) throws DocumentException {
    YamlValue value = entry.value();
    if (value instanceof YamlValue.Mapping mapping) {
      return mapping(name, mapping, entry.keyAt());
    }
    if (value instanceof YamlValue.Sequence sequence) {
      return list(name, sequence, entry.keyAt());
    }
    if (((YamlValue.Scalar) value).isNull()) {
      throw empty(name, entry.keyAt());
    }
    return parsed(name, "", List.of(literal(value)), value.at());
  }

  private static DocumentException empty(String name, SourceLine at) {
    return DocumentPart.refusal(
        at,
        "has the selection %s without a comparison".formatted(Quoted.of(name)),
        "write fields with values below the selection, or a list of keywords");
  }

  private Selection mapping(String name, YamlValue.Mapping mapping, SourceLine at)
      throws DocumentException {
    List<Selection> parts = new ArrayList<>();
    for (Map.Entry<String, YamlValue.Entry> entry : mapping.entries().entrySet()) {
      parts.add(field(name, entry.getKey(), entry.getValue()));
    }
    if (parts.isEmpty()) {
      throw empty(name, at);
    }
    return parts.size() == 1 ? parts.get(0) : new Selection.All(parts);
  }

  private Selection field(String name, String key, YamlValue.Entry entry) throws DocumentException {
    if (entry.value() instanceof YamlValue.Mapping) {
      throw DocumentPart.refusal(
          entry.keyAt(),
          "has a mapping as the value of %s".formatted(Quoted.of(key)),
          "write a value or a list; name a nested field with dots, as in a.b");
    }
    List<Literal> literals = new ArrayList<>();
    if (entry.value() instanceof YamlValue.Sequence sequence) {
      for (YamlValue item : sequence.items()) {
        literals.add(literal(item));
      }
    } else {
      literals.add(literal(entry.value()));
    }
    return parsed(name, key, literals, entry.keyAt());
  }

  private Selection parsed(String name, String key, List<Literal> literals, SourceLine at)
      throws DocumentException {
    try {
      Selection parsed = FieldComparisonParser.parse(key, literals, placeholders);
      boolean isEmpty =
          parsed instanceof Selection.One one
              && one.test() instanceof FieldComparison.Values compared
              && compared.isEmpty();
      fields.add(
          new WrittenField(name, key, literals.stream().map(Literal::text).toList(), isEmpty, at));
      return parsed;
    } catch (InvalidDetectionException e) {
      throw DocumentPart.refusal(at, e.what(), e.fix());
    }
  }

  private Selection list(String name, YamlValue.Sequence sequence, SourceLine at)
      throws DocumentException {
    List<Selection> parts = new ArrayList<>();
    List<Literal> keywords = new ArrayList<>();
    SourceLine first = sequence.at();
    for (YamlValue item : sequence.items()) {
      if (item instanceof YamlValue.Mapping mapping) {
        parts.add(mapping(name, mapping, item.at()));
      } else {
        first = keywords.isEmpty() ? item.at() : first;
        keywords.add(literal(item));
      }
    }
    if (!keywords.isEmpty()) {
      parts.add(parsed(name, "", keywords, first));
    }
    if (parts.isEmpty()) {
      throw empty(name, at);
    }
    return parts.size() == 1 ? parts.get(0) : new Selection.Any(parts);
  }

  private static Literal literal(YamlValue value) throws DocumentException {
    if (!(value instanceof YamlValue.Scalar scalar)) {
      throw DocumentPart.refusal(
          value.at(),
          "has a list or mapping where a single value should be",
          "write one single value in each entry");
    }
    if (scalar.isNull()) {
      return new Literal(Literal.Kind.NULL, "");
    }
    String text = scalar.text();
    return new Literal(
        !scalar.isPlain()
            ? Literal.Kind.TEXT
            : text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")
                ? Literal.Kind.BOOLEAN
                : isNumber(text) ? Literal.Kind.NUMBER : Literal.Kind.TEXT,
        text);
  }

  private static boolean isNumber(String text) {
    char last = text.charAt(text.length() - 1);
    return last >= '0' && last <= '9' && "+-.0123456789".indexOf(text.charAt(0)) >= 0;
  }
}
