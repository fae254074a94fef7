package dev.lockstep.detections.sigma;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.field.FieldSource;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.CaseFolding;
import dev.lockstep.detections.sigma.match.Numbers;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.RawField;
import dev.lockstep.rules.RawValue;
import dev.lockstep.rules.Subject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sigma rule at the lower end of a chain of correlations, with the fields by which the correlations
 * group and count its events.
 */
final class CorrelationLeaf {
  private static final int LONGEST_VALUE = 256;
  private static final int LONGEST_NUMBER = 64;
  private static final int MOST_SCALE = 64;
  private static final int MOST_GROUPS = 64;
  private static final int MOST_VALUES = 256;

  private final SigmaRule rule;
  private final CorrelationNode node;
  private final int place;
  private final List<Level> levels = new ArrayList<>();

  /**
   * Correlation in the chain above a rule about single events, with the sources of the fields by
   * which the correlation groups and counts events. The first correlation in the chain refers to
   * the rule itself. Each further correlation refers to the correlation one level below.
   */
  private record Level(CorrelationNode node, List<FieldSource> group, List<FieldSource> values) {}

  /**
   * Values by which a correlation groups and counts an event.
   *
   * @param groups values of the group's fields; several if a field is a list
   * @param isCut if not all values are here, because ingest cut a value or left values out, or
   *     because there are too many
   */
  record Reading(List<List<String>> groups, List<String> values, boolean isCut) {}

  /**
   * Creates the leaf for a rule to which a correlation refers.
   *
   * @param node correlation that refers to the rule
   * @param place index of the reference
   * @param names words by which aliases may name the rule, then the words for each correlation
   *     above it except the topmost; the words are the reference, the id and the name
   */
  CorrelationLeaf(
      SigmaRule rule, CorrelationNode node, int place, List<Set<String>> names, SigmaFields table) {
    this.rule = rule;
    this.node = node;
    this.place = place;
    CorrelationNode at = node;
    for (Set<String> name : names) {
      CorrelationDocument document = at.document();
      levels.add(
          new Level(
              at,
              sources(document, document.groupBy(), name, table),
              sources(document, document.fields(), name, table)));
      CorrelationNode parent = at.parent();
      if (parent == null) {
        break;
      }
      at = parent;
    }
  }

  private List<FieldSource> sources(
      CorrelationDocument document, List<String> fields, Set<String> names, SigmaFields table) {
    List<FieldSource> sources = new ArrayList<>();
    for (String field : fields) {
      sources.add(table.source(rule.document().source().service(), document.aliased(field, names)));
    }
    return sources;
  }

  SigmaRule rule() {
    return rule;
  }

  CorrelationNode node() {
    return node;
  }

  int place() {
    return place;
  }

  int levels() {
    return levels.size();
  }

  Set<String> paths() {
    Set<String> paths = new LinkedHashSet<>();
    sources().forEach(source -> paths.addAll(source.rawPaths()));
    return paths;
  }

  List<String> lacks() {
    return sources().filter(source -> !source.isFound()).map(FieldSource::name).toList();
  }

  private Stream<FieldSource> sources() {
    return levels.stream()
        .flatMap(level -> Stream.concat(level.group.stream(), level.values.stream()));
  }

  /**
   * Returns in words why an event is in no group or has no counted value. The list is empty if
   * nothing is missing.
   */
  List<String> missing(Event event) {
    List<String> missing = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      Level at = levels.get(level);
      Reading reading = read(event, level);
      if (reading.groups().isEmpty()) {
        missing.add(
            "in no group, because there is no value in the field "
                + without(at.group, event, true));
      }
      if (at.node.hasValues() && reading.values().isEmpty()) {
        missing.add(
            at.node.document().type().isMetric()
                ? "not counted, because there is no number in the field " + at.values.get(0).name()
                : "not counted, because there is no value in the field "
                    + without(at.values, event, false));
      }
    }
    return missing;
  }

  /** Returns the groups to which this correlation and each outer one assign an event. */
  Set<Subject> groups(Event event) {
    Set<Subject> groups = new LinkedHashSet<>();
    for (int level = 0; level < levels.size(); level++) {
      for (List<String> group : read(event, level).groups()) {
        // a hit, by which an event reaches an outer correlation, is of no principal
        groups.add(levels.get(level).node.subject(group, level == 0 ? event.principal() : null));
      }
    }
    return groups;
  }

  private static String without(List<FieldSource> sources, Event event, boolean isOfGroup) {
    return sources.stream()
        .filter(source -> values(source, event, isOfGroup, new boolean[1]).isEmpty())
        .map(FieldSource::name)
        .collect(Collectors.joining(" and no value in the field "));
  }

  /**
   * Returns the values by which the correlation of this leaf (level 0) or an outer correlation
   * groups and counts an event.
   */
  Reading read(Event event, int level) {
    Level at = levels.get(level);
    boolean[] isCut = new boolean[1];
    List<List<String>> groups = product(at.group, event, MOST_GROUPS, isCut);
    List<String> values = List.of();
    if (at.node.document().type().isMetric()) {
      values = numbers(at.values.get(0), event, isCut);
    } else if (!at.values.isEmpty()) {
      List<String> tuples = new ArrayList<>();
      for (List<String> tuple : product(at.values, event, MOST_VALUES, isCut)) {
        tuples.add(tuple.size() == 1 ? tuple.get(0) : Hashes.id(tuple));
      }
      values = tuples;
    }
    return new Reading(groups, values, isCut[0]);
  }

  /**
   * Returns up to {@code most} combinations that each have one value of every field. There is none
   * if a field has no value.
   */
  private static List<List<String>> product(
      List<FieldSource> sources, Event event, int most, boolean[] isCut) {
    boolean isOfGroup = most == MOST_GROUPS;
    List<List<String>> tuples = List.of(List.of());
    for (FieldSource source : sources) {
      Set<String> values = values(source, event, isOfGroup, isCut);
      List<List<String>> longer = new ArrayList<>();
      for (List<String> tuple : tuples) {
        for (String value : values) {
          if (longer.size() == most) {
            isCut[0] = true;
            break;
          }
          List<String> more = new ArrayList<>(tuple);
          more.add(value);
          longer.add(more);
        }
      }
      tuples = longer;
    }
    return tuples;
  }

  private static Set<String> values(
      FieldSource source, Event event, boolean isOfGroup, boolean[] isCut) {
    Set<String> values = new LinkedHashSet<>();
    RawField field = source.read(event);
    isCut[0] |= field.cut();
    for (RawValue value : field.values()) {
      if (value.kind() == RawValue.Kind.NULL
          || value.kind() == RawValue.Kind.LIST
          || (isOfGroup && value.text().isEmpty())) {
        continue;
      }
      if (value.cut()) {
        isCut[0] = true;
        continue;
      }
      String text = CaseFolding.fold(value.text());
      values.add(text.length() <= LONGEST_VALUE ? text : shortened(text));
    }
    return values;
  }

  private static String shortened(String text) {
    int end = LONGEST_VALUE - 40;
    end -= Character.isHighSurrogate(text.charAt(end - 1)) ? 1 : 0;
    return text.substring(0, end) + "…" + Hashes.id(List.of(text));
  }

  /**
   * Returns the numbers in a field of an event as texts, and makes the texts of equal numbers
   * different. A number that comes again gets one more zero behind the point, such as 10.0 for the
   * second 10. So state, which keeps equal texts once, keeps every number.
   */
  private static List<String> numbers(FieldSource source, Event event, boolean[] isCut) {
    List<String> numbers = new ArrayList<>();
    Map<BigDecimal, Integer> times = new HashMap<>();
    RawField field = source.read(event);
    isCut[0] |= field.cut();
    for (RawValue value : field.values()) {
      boolean isScalar = value.kind() == RawValue.Kind.NUMBER || value.kind() == RawValue.Kind.TEXT;
      if (value.cut()) {
        isCut[0] = true;
      } else if (isScalar) {
        BigDecimal number = Numbers.parse(value.text().strip(), LONGEST_NUMBER);
        if (number != null && Math.abs(number.scale()) <= MOST_SCALE) {
          BigDecimal stripped = number.stripTrailingZeros();
          BigDecimal plain = stripped.setScale(Math.max(0, stripped.scale()));
          int again = times.merge(plain, 1, Integer::sum) - 1;
          numbers.add(plain.setScale(plain.scale() + again).toString());
        }
      }
    }
    return numbers;
  }
}
