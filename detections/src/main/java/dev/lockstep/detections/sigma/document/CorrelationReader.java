package dev.lockstep.detections.sigma.document;

import dev.lockstep.detections.sigma.match.Expression;
import dev.lockstep.detections.sigma.match.ExpressionParser;
import dev.lockstep.detections.sigma.match.InvalidDetectionException;
import dev.lockstep.schemas.text.Quoted;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reader of a Sigma correlation, which is a document with the section {@code correlation}. */
final class CorrelationReader {
  private static final CorrelationDocument.Type[] ALL_TYPES = CorrelationDocument.Type.values();
  private static final Threshold.Operator[] ALL_OPERATORS = Threshold.Operator.values();
  private static final int MOST_CHARS = 512;
  private static final int MOST_RULES = 256;
  private static final int MOST_FIELDS = 16;
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private static final List<String> KEYS =
      List.of("type", "rules", "group-by", "timespan", "condition", "aliases", "generate");
  private static final List<String> OPERATORS =
      Arrays.stream(Threshold.Operator.values()).map(Threshold.Operator::word).toList();
  private static final List<String> TYPES =
      Arrays.stream(CorrelationDocument.Type.values()).map(CorrelationDocument.Type::word).toList();

  private final DocumentPart document;
  private final DocumentPart correlation;
  private final Map<String, SourceLine> lines = new HashMap<>();
  private final Map<String, Map<String, SourceLine>> aliasLines = new HashMap<>();
  private final List<SourceLine> thresholdLines = new ArrayList<>();

  private CorrelationReader(DocumentPart document, DocumentPart correlation) {
    this.document = document;
    this.correlation = correlation;
  }

  static CorrelationDocument read(DocumentPart document, Header header, YamlValue section)
      throws DocumentException {
    for (String other : List.of("detection", "filter", "logsource")) {
      if (document.has(other)) {
        throw DocumentPart.refusal(
            document.at(other),
            "has both correlation and %s".formatted(other),
            other.equals("logsource")
                ? "remove the key \"logsource\"; each rule that the correlation lists has its own log source"
                : "move the %s to a separate document, after a line of three dashes"
                    .formatted(other.equals("filter") ? "filter" : "rule"));
      }
    }
    return new CorrelationReader(document, DocumentPart.of(section, "the section correlation"))
        .read(header);
  }

  private CorrelationDocument read(Header header) throws DocumentException {
    if (correlation.has("timeframe")) {
      throw DocumentPart.refusal(
          correlation.at("timeframe"),
          "has the key timeframe in a correlation",
          "write timespan instead");
    }
    correlation.only(KEYS);
    String word =
        DocumentPart.text(
            correlation.needed("type", "write one of " + String.join(", ", TYPES)),
            "type",
            MOST_CHARS);
    int index = TYPES.indexOf(word.toLowerCase(Locale.ROOT));
    if (index < 0) {
      throw HeaderReader.unknown(correlation.at("type"), "type", word, TYPES);
    }
    CorrelationDocument.Type type = ALL_TYPES[index];
    List<Reference> rules = rules();
    List<String> groupBy = texts(correlation, "group-by");
    Duration timespan = timespan();
    YamlValue condition = correlation.value("condition");
    List<Threshold> thresholds = List.of();
    List<String> fields = List.of();
    BigDecimal percentile = null;
    Expression expression = null;
    if (condition instanceof YamlValue.Scalar scalar) {
      expression = expression(type, scalar, rules);
    } else if (condition == null) {
      if (!type.isTemporal()) {
        correlation.needed(
            "condition",
            "add the key \"condition\", with a comparison such as \"gte: 10\" below it");
      }
    } else {
      DocumentPart part = DocumentPart.of(condition, "the condition of a correlation");
      thresholds = thresholds(type, part);
      fields = fields(type, part);
      percentile = percentile(type, part);
    }
    Map<String, Map<String, String>> aliases = aliases();
    boolean generatesInside = correlation.flag("generate");
    boolean generatesOutside = document.flag("generate");
    return new CorrelationDocument(
        header,
        type,
        rules,
        groupBy,
        timespan,
        thresholds,
        expression,
        fields,
        percentile,
        aliases,
        generatesInside || generatesOutside,
        new CorrelationDocument.Places(
            document.at("correlation"),
            correlation.at("group-by"),
            correlation.at("condition"),
            thresholdLines,
            aliasLines,
            lines));
  }

  private List<Reference> rules() throws DocumentException {
    correlation.needed("rules", "list the id or name of each rule");
    return references(correlation);
  }

  static List<Reference> references(DocumentPart part) throws DocumentException {
    List<Reference> rules = new ArrayList<>();
    for (YamlValue.Scalar each : part.list("rules", MOST_RULES)) {
      Reference rule = new Reference(DocumentPart.text(each, "rule", MOST_CHARS), each.at());
      if (rules.stream().anyMatch(other -> other.word().equals(rule.word()))) {
        throw DocumentPart.refusal(
            rule.at(),
            "lists the rule %s twice".formatted(Quoted.of(rule.word())),
            "remove one of the two");
      }
      rules.add(rule);
    }
    if (rules.isEmpty()) {
      throw DocumentPart.refusal(
          part.at("rules"), "has an empty list of rules", "list the id or name of each rule");
    }
    return rules;
  }

  private List<String> texts(DocumentPart part, String key) throws DocumentException {
    List<String> texts = new ArrayList<>();
    for (YamlValue.Scalar each : part.list(key, MOST_FIELDS)) {
      String text = DocumentPart.text(each, key, MOST_CHARS);
      if (!texts.contains(text)) {
        texts.add(text);
        lines.putIfAbsent(text, each.at());
      }
    }
    return texts;
  }

  private Duration timespan() throws DocumentException {
    String fix = "write a number and one of the letters s, m, h and d, such as 15m";
    String text = DocumentPart.text(correlation.needed("timespan", fix), "timespan", MOST_CHARS);
    SourceLine at = correlation.at("timespan");
    char unit = text.charAt(text.length() - 1);
    String number = text.substring(0, text.length() - 1);
    long seconds =
        switch (unit) {
          case 's' -> 1;
          case 'm' -> 60;
          case 'h' -> 3_600;
          case 'd' -> 86_400;
          default -> 0;
        };
    if (seconds == 0 || number.isEmpty() || !isDigits(number)) {
      throw DocumentPart.refusal(
          at, "has the timespan %s, which cannot be read".formatted(Quoted.of(text)), fix);
    }
    long count = number.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(number);
    if (count == 0) {
      throw DocumentPart.refusal(at, "has a timespan of zero", fix);
    }
    if (count * seconds > LONGEST.toSeconds()) {
      throw DocumentPart.refusal(
          at,
          "has the timespan %s, which is longer than a correlation may have"
              .formatted(Quoted.of(text)),
          "write a timespan of at most %dd".formatted(LONGEST.toDays()));
    }
    return Duration.ofSeconds(count * seconds);
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Expression expression(
      CorrelationDocument.Type type, YamlValue.Scalar condition, List<Reference> rules)
      throws DocumentException {
    if (type != CorrelationDocument.Type.TEMPORAL) {
      throw DocumentPart.refusal(
          condition.at(),
          "has a single value as the condition of a correlation of type %s".formatted(type.word()),
          type.isTemporal()
              ? "write a comparison below the key \"condition\", such as \"gte: 2\", or leave the key out"
              : "write a comparison below the key \"condition\", such as \"gte: 10\"");
    }
    try {
      return ExpressionParser.parse(
          condition.text(),
          rules.stream().map(Reference::word).toList(),
          ExpressionParser.NameKind.RULE);
    } catch (InvalidDetectionException e) {
      throw DocumentPart.refusal(condition.at(), e.what(), e.fix());
    }
  }

  private List<Threshold> thresholds(CorrelationDocument.Type type, DocumentPart condition)
      throws DocumentException {
    List<String> known = new ArrayList<>(OPERATORS);
    known.addAll(List.of("field", "percentile"));
    condition.only(known);
    List<Threshold> thresholds = new ArrayList<>();
    for (Map.Entry<String, YamlValue.Entry> entry : condition.entries().entrySet()) {
      int operator = OPERATORS.indexOf(entry.getKey());
      if (operator >= 0) {
        BigDecimal bound = number(condition, entry.getKey());
        if (!type.isMetric() && (bound.signum() < 0 || bound.stripTrailingZeros().scale() > 0)) {
          throw DocumentPart.refusal(
              entry.getValue().keyAt(),
              "compares a count with %s".formatted(bound.toPlainString()),
              "write a whole number, 0 or larger");
        }
        thresholds.add(new Threshold(ALL_OPERATORS[operator], bound));
        thresholdLines.add(entry.getValue().keyAt());
      }
    }
    if (thresholds.isEmpty() || thresholds.size() > 2) {
      throw DocumentPart.refusal(
          condition.at(),
          "has %s in a condition"
              .formatted(thresholds.isEmpty() ? "no comparison" : "more than two comparisons"),
          "write one comparison, or two for a range, with " + String.join(", ", OPERATORS));
    }
    return thresholds;
  }

  private static BigDecimal number(DocumentPart condition, String key) throws DocumentException {
    String text = DocumentPart.text(condition.needed(key, "write a number"), key, 32);
    try {
      BigDecimal number = new BigDecimal(text);
      if (Math.abs((long) number.scale()) <= 32) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw DocumentPart.refusal(
        condition.at(key), "has %s for %s".formatted(Quoted.of(text), key), "write a number");
  }

  private List<String> fields(CorrelationDocument.Type type, DocumentPart condition)
      throws DocumentException {
    List<String> fields = texts(condition, "field");
    if (type.hasField() && fields.isEmpty()) {
      throw DocumentPart.refusal(
          condition.at("field"),
          "has no field for the type %s".formatted(type.word()),
          "name the field below the key \"condition\", such as \"field: "
              + (type.isMetric() ? "durationMs" : "IPAddress")
              + "\"");
    }
    if (!type.hasField() && !fields.isEmpty()) {
      throw DocumentPart.refusal(
          condition.at("field"),
          "has the key \"field\", but the type %s counts %s"
              .formatted(type.word(), type.isTemporal() ? "rules" : "events"),
          "set the key \"type\" to value_count, or remove the key \"field\"");
    }
    if (type.isMetric() && fields.size() > 1) {
      throw DocumentPart.refusal(
          condition.at("field"),
          "has several fields for the type %s".formatted(type.word()),
          "name only one field: the field that has the numbers");
    }
    return fields;
  }

  private static @Nullable BigDecimal percentile(
      CorrelationDocument.Type type, DocumentPart condition) throws DocumentException {
    boolean isWanted = type == CorrelationDocument.Type.VALUE_PERCENTILE;
    if (isWanted != condition.has("percentile")) {
      throw DocumentPart.refusal(
          condition.at("percentile"),
          isWanted
              ? "has no percentile for the type value_percentile"
              : "has a percentile for the type %s".formatted(type.word()),
          isWanted
              ? "write the key \"percentile\" below the key \"condition\", such as \"percentile: 95\""
              : "set the key \"type\" to value_percentile, or remove the key \"percentile\"");
    }
    if (!isWanted) {
      return null;
    }
    BigDecimal percentile = number(condition, "percentile");
    if (percentile.signum() <= 0 || percentile.compareTo(HUNDRED) > 0) {
      throw DocumentPart.refusal(
          condition.at("percentile"),
          "has the percentile %s".formatted(percentile.toPlainString()),
          "write a number above 0, at most 100");
    }
    return percentile;
  }

  private Map<String, Map<String, String>> aliases() throws DocumentException {
    YamlValue value = correlation.value("aliases");
    if (value == null) {
      return Map.of();
    }
    Map<String, Map<String, String>> aliases = new LinkedHashMap<>();
    for (Map.Entry<String, YamlValue.Entry> alias :
        DocumentPart.of(value, "aliases").entries().entrySet()) {
      DocumentPart fields =
          DocumentPart.of(alias.getValue().value(), "the alias " + Quoted.of(alias.getKey()));
      Map<String, String> byRule = new LinkedHashMap<>();
      for (Map.Entry<String, YamlValue.Entry> field : fields.entries().entrySet()) {
        YamlValue written = field.getValue().value();
        String text = DocumentPart.text(written, "field of an alias", MOST_CHARS);
        byRule.put(field.getKey(), text);
        lines.putIfAbsent(text, written.at());
        aliasLines
            .computeIfAbsent(alias.getKey(), any -> new HashMap<>())
            .put(field.getKey(), field.getValue().keyAt());
      }
      aliases.put(alias.getKey(), Collections.unmodifiableMap(byRule));
    }
    return aliases;
  }
}
