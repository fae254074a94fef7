package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.document.DetectionLines;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.document.WrittenField;
import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.ConditionTruth;
import dev.lockstep.detections.sigma.match.DetectionSection;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.detections.sigma.match.TimePart;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Lint of the detection of a Sigma document: its fields, values, selections and condition. */
final class DetectionLint {
  private static final String IS_PATH =
      "leave the field name as it is if your records have a value at this path";
  private static final String NO_PATH =
      "write the field's whole path in the record, which begins with \"properties.\"";

  private static final List<String> ORDER = List.of("lt", "lte", "gt", "gte");
  private static final Set<String> PLACEHOLDERS =
      Set.of("upn", "changeme", "change_me", "todo", "fixme", "xxx", "placeholder", "your-value");

  private final SigmaFields table;

  /** Creates a lint that looks up the fields in a table. */
  DetectionLint(SigmaFields table) {
    this.table = table;
  }

  /** Warns of probable mistakes in the fields, selections and condition of a detection. */
  void examine(
      String service, DetectionSection detection, DetectionLines lines, List<Warning> warnings) {
    Set<String> asked = new HashSet<>();
    for (WrittenField field : lines.fields()) {
      if (asked.add(field.name().toLowerCase(Locale.ROOT))) {
        source(service, field.name(), field.at(), warnings);
      }
      if (field.hasModifier("fieldref")) {
        field.values().forEach(other -> source(service, other, field.at(), warnings));
      }
      values(service, field, warnings);
      times(field, warnings);
      placeholder(field, warnings);
    }
    Set<String> used = detection.condition().names();
    lines
        .selections()
        .forEach(
            (name, at) -> {
              if (!used.contains(name)) {
                Warning.add(
                    warnings,
                    at,
                    Warning.Kind.UNUSED_SELECTION,
                    "has the selection %s, which the condition does not use"
                        .formatted(Quoted.of(name)),
                    "name the selection in the condition, or remove it");
              }
            });
    ConditionTruth truth = ConditionTruth.of(detection);
    Set<String> empty = new LinkedHashSet<>();
    lines.fields().stream()
        .filter(field -> field.isEmpty() && used.contains(field.selection()))
        .forEach(field -> field.values().forEach(value -> empty.addAll(Placeholders.names(value))));
    if (truth.neverHolds()) {
      Warning.add(
          warnings,
          lines.condition(),
          Warning.Kind.NEVER_HOLDS,
          "has a condition that never holds: "
              + (empty.isEmpty()
                  ? "it requires a comparison and its negation"
                  : "it requires a value of " + shownPlaceholders(empty)),
          empty.isEmpty()
              ? "remove the part of the condition that excludes what another part requires"
              : "give each of these placeholders a value in placeholders.yaml");
    } else if (truth.alwaysHolds()) {
      Warning.add(
          warnings,
          lines.condition(),
          Warning.Kind.ALWAYS_HOLDS,
          "has a condition that holds for every event"
              + (empty.isEmpty()
                  ? ""
                  : ", because it excludes values of " + shownPlaceholders(empty)),
          empty.isEmpty()
              ? "remove the part that holds for every event, such as a selection that \"or\" joins"
                  + " with its own negation, or a keyword that is empty or an asterisk"
              : "give each of these placeholders a value in placeholders.yaml");
    }
  }

  private static String shownPlaceholders(Set<String> names) {
    return names.stream().map(Quoted::of).collect(Collectors.joining(", "))
        + (names.size() == 1
            ? ", a placeholder without a value"
            : ", placeholders without a value");
  }

  /** Warns of a field that the logs of a service do not have. */
  void source(String service, String field, SourceLine at, List<Warning> warnings) {
    FieldSource source = table.source(service, field);
    if (source.isListed() && source.isFound()) {
      return;
    }
    if (source.isListed()) {
      Warning.add(
          warnings,
          at,
          Warning.Kind.NO_SOURCE,
          "has the field %s, which Lockstep cannot take from the logs of %s: %s"
              .formatted(Quoted.of(field), service, source.missing()),
          "compare another field that docs/sigma-fields.md lists");
      return;
    }
    if (!source.isFound() && WindowsFields.has(field)) {
      Warning.add(
          warnings,
          at,
          Warning.Kind.UNKNOWN_FIELD,
          "has the field %s of the Windows event log, but Lockstep does not read that log"
              .formatted(Quoted.of(field)),
          "compare a field that docs/sigma-fields.md lists for the service %s".formatted(service));
      return;
    }
    String nearest = NearestNames.similarAmong(table.names(service), field);
    Warning.add(
        warnings,
        at,
        Warning.Kind.UNKNOWN_FIELD,
        source.isFound()
            ? ("has the field %s, which docs/sigma-fields.md does not list for %s;"
                    + " Lockstep looks in records for exactly this name")
                .formatted(Quoted.of(field), service)
            : "has the field %s, which no record of %s has".formatted(Quoted.of(field), service),
        nearest.isEmpty()
            ? "compare a field that docs/sigma-fields.md lists, or "
                + (source.isFound() ? IS_PATH : NO_PATH)
            : "the nearest known one is " + Quoted.of(nearest));
  }

  private void values(String service, WrittenField field, List<Warning> warnings) {
    String windows = WindowsFields.number(field);
    if (windows != null && table.source(service, field.name()).isFound()) {
      Warning.add(
          warnings,
          field.at(),
          Warning.Kind.UNKNOWN_VALUE,
          "compares %s with %s, an event number of the Windows event log, but Lockstep does not"
                  .formatted(Quoted.of(field.name()), Quoted.of(windows))
              + " read that log; in the logs that Lockstep reads, the field is the id of one event",
          "compare another field that docs/sigma-fields.md lists for the service %s, such as OperationName"
              .formatted(service));
      return;
    }
    List<String> words = table.words(service, field.name());
    boolean hasModifier = !field.key().equals(field.name());
    for (String value : field.values()) {
      boolean isWord =
          value.isEmpty() // YAML's null
              || words.stream().anyMatch(value::equalsIgnoreCase)
              || value.contains("*")
              || value.contains("?");
      if (!words.isEmpty() && !hasModifier && !isWord) {
        Warning.add(
            warnings,
            field.at(),
            Warning.Kind.UNKNOWN_VALUE,
            "compares %s with %s, a value that this field never has"
                .formatted(Quoted.of(field.name()), Quoted.of(value)),
            "write one of " + String.join(", ", words));
      }
    }
  }

  private static void times(WrittenField field, List<Warning> warnings) {
    if (ORDER.stream().anyMatch(field::hasModifier)) {
      return;
    }
    for (TimePart part : TimePart.values()) {
      for (String value : field.hasModifier(part.word()) ? field.values() : List.<String>of()) {
        String possible = part.insteadOf(value);
        if (possible != null) {
          Warning.add(
              warnings,
              field.at(),
              Warning.Kind.NEVER_HOLDS,
              "compares %s with %s, which is not a possible %s"
                  .formatted(Quoted.of(field.key()), Quoted.of(value), part.word()),
              "write " + possible);
        }
      }
    }
  }

  private static void placeholder(WrittenField field, List<Warning> warnings) {
    for (String value : field.values()) {
      boolean isAngled =
          value.length() > 2
              && value.startsWith("<")
              && value.endsWith(">")
              && !value.contains("|");
      boolean isExpanded = field.hasModifier("expand");
      boolean isPercent =
          !isExpanded
              && value.length() > 2
              && value.indexOf('%') == 0
              && value.indexOf('%', 1) == value.length() - 1;
      if (isAngled || PLACEHOLDERS.contains(value.toLowerCase(Locale.ROOT))) {
        Warning.add(
            warnings,
            field.at(),
            Warning.Kind.PLACEHOLDER,
            "compares %s with %s, which looks like a placeholder that the author left for you"
                .formatted(shown(field), Quoted.of(value)),
            "write the value of your tenant, or a placeholder %name% with the modifier expand");
      } else if (isPercent) {
        Warning.add(
            warnings,
            field.at(),
            Warning.Kind.PLACEHOLDER,
            "compares %s with the text %s as it is, because the modifier expand is missing"
                .formatted(shown(field), Quoted.of(value)),
            "add |expand to the field");
      }
    }
  }

  private static String shown(WrittenField field) {
    return field.key().isEmpty() ? "keywords" : Quoted.of(field.name());
  }
}
