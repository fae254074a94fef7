package dev.lockstep.detections.sigma.document;

import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the tests of a rule, from a Sigma document or from a file with tests of a Java rule. A
 * Sigma document has its tests below {@code lockstep: tests:}.
 */
final class TestsReader {
  private static final String NETWORKS = "networks";
  private static final int MOST_TESTS = 1_000;
  private static final int MOST_RECORDS = 5_000;
  private static final int MOST_FINDINGS = 10_000;
  private static final int MOST_CHARS = 256;
  private static final int MOST_RECORD_CHARS = 65_535;
  private static final List<String> KEYS =
      List.of("name", NETWORKS, "partners", "records", "fires");
  private static final List<String> REPEATED = List.of("repeat", "record");
  private static final List<String> FIRES =
      List.of("findings", "count", "severity", "principal", "ip");

  private TestsReader() {}

  static List<RuleCase> read(DocumentPart own) throws DocumentException {
    YamlValue value = own.value("tests");
    if (value == null) {
      return List.of();
    }
    List<YamlValue> items = items(value, "tests", "a list of tests", MOST_TESTS);
    List<RuleCase> tests = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlValue item : items) {
      RuleCase test = test(DocumentPart.of(item, "a test"));
      if (!names.add(test.name())) {
        throw DocumentPart.refusal(
            item.at(),
            "has two tests with the name %s".formatted(Quoted.of(test.name())),
            "rename one of the two");
      }
      tests.add(test);
    }
    return tests;
  }

  private static List<YamlValue> items(YamlValue value, String key, String what, int most)
      throws DocumentException {
    if (!(value instanceof YamlValue.Sequence sequence)) {
      throw DocumentPart.refusal(value.at(), "has no list in %s".formatted(key), "write " + what);
    }
    if (sequence.items().size() > most) {
      throw DocumentPart.refusal(
          value.at(),
          "has %d entries in %s".formatted(sequence.items().size(), key),
          "write at most %d".formatted(most));
    }
    return sequence.items();
  }

  private static RuleCase test(DocumentPart part) throws DocumentException {
    part.only(KEYS);
    String name =
        DocumentPart.text(
            part.needed("name", "give the test a name that says what the test shows"),
            "name",
            MOST_CHARS);
    List<RuleCase.Written> records = new ArrayList<>();
    YamlValue written =
        part.needed("records", "add a list of the records that the test hands to the rule");
    long count = 0;
    for (YamlValue item : items(written, "records", "a list of records", MOST_RECORDS)) {
      count += read(item, records);
    }
    if (count > MOST_RECORDS) {
      throw DocumentPart.refusal(
          written.at(),
          "has %d records in a test".formatted(count),
          "repeat a record less often; a test may have at most %d records".formatted(MOST_RECORDS));
    }
    if (records.isEmpty()) {
      throw DocumentPart.refusal(
          written.at(),
          "has a test without a record",
          "add the records that the test hands to the rule");
    }
    YamlValue fires =
        part.needed(
            "fires",
            "write \"fires: none\", or a number of findings, or a list that describes the findings");
    return new RuleCase(
        name,
        networks(part),
        texts(
            part,
            "partners",
            "write the id of each partner with a subscription, such as fabrikam: fabrikam-prod"),
        records,
        expected(fires),
        part.at());
  }

  private static Map<String, String> networks(DocumentPart part) throws DocumentException {
    Map<String, String> networks =
        texts(part, NETWORKS, "write ranges with their class, such as 203.0.113.0/24: corporate");
    YamlValue value = part.value(NETWORKS);
    if (value != null) {
      for (Map.Entry<String, YamlValue.Entry> entry :
          DocumentPart.of(value, NETWORKS).entries().entrySet()) {
        String network = entry.getKey();
        try {
          Networks.parse(
              NETWORKS,
              RuleCase.networksFile(
                  Map.of(network, Objects.requireNonNull(networks.get(network)))));
        } catch (FileProblemException e) {
          throw DocumentPart.refusal(
              entry.getValue().keyAt(),
              "has a wrong entry in %s: %s".formatted(NETWORKS, e.what()),
              e.fix());
        }
      }
    }
    return networks;
  }

  private static Map<String, String> texts(DocumentPart part, String key, String fix)
      throws DocumentException {
    YamlValue value = part.value(key);
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof YamlValue.Mapping)) {
      throw DocumentPart.refusal(value.at(), DocumentPart.NO_MAPPING.formatted(key), fix);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, YamlValue.Entry> entry :
        DocumentPart.of(value, key).entries().entrySet()) {
      if (entry.getKey().isBlank()) {
        throw DocumentPart.refusal(
            entry.getValue().keyAt(), "has an empty key in %s".formatted(key), fix);
      }
      texts.put(
          entry.getKey(),
          DocumentPart.text(entry.getValue().value(), "value of " + key, MOST_CHARS));
    }
    return texts;
  }

  /**
   * Adds the test record that an item describes, and returns the number of records that the item
   * asks for. The record goes to {@code records}, with the number of copies that the item's {@code
   * repeat} says.
   */
  private static int read(YamlValue item, List<RuleCase.Written> records) throws DocumentException {
    if (!(item instanceof YamlValue.Mapping mapping) || !mapping.entries().containsKey("repeat")) {
      records.add(record(item, 0));
      return 1;
    }
    DocumentPart part = DocumentPart.of(item, "a repeated record");
    part.only(REPEATED);
    int times =
        number(
            part.needed("repeat", "write how often the record is repeated"), "repeat", "a number");
    records.add(record(part.needed("record", "write the record to repeat"), times));
    return times;
  }

  private static RuleCase.Written record(YamlValue item, int copies) throws DocumentException {
    if (item instanceof YamlValue.Mapping) {
      return new RuleCase.Written(RecordJson.of(item), copies, item.at());
    }
    if (item instanceof YamlValue.Scalar scalar && !scalar.isNull()) {
      String text = DocumentPart.text(scalar, "record", MOST_RECORD_CHARS);
      if (text.startsWith("{")) {
        return new RuleCase.Written(text, copies, item.at());
      }
    }
    throw DocumentPart.refusal(
        item.at(),
        "has a test record that is not a mapping",
        "write keys and values, or a JSON object");
  }

  private static List<RuleCase.Expected> expected(YamlValue fires) throws DocumentException {
    if (fires instanceof YamlValue.Scalar scalar) {
      if (scalar.text().equals("none") || scalar.text().equals("0")) {
        return List.of();
      }
      int findings = number(scalar, "fires", "\"none\", or a number of findings");
      return List.of(new RuleCase.Expected(findings, null, null, null, null));
    }
    List<RuleCase.Expected> all = new ArrayList<>();
    List<YamlValue> items =
        fires instanceof YamlValue.Sequence sequence ? sequence.items() : List.of(fires);
    for (YamlValue item : items) {
      all.add(expected(DocumentPart.of(item, "an entry of fires")));
    }
    if (all.isEmpty()) {
      throw DocumentPart.refusal(
          fires.at(),
          "has an empty list for fires",
          "write \"fires: none\" if the rule must not fire, otherwise the number of findings, or a"
              + " list with one entry for each finding");
    }
    return all;
  }

  private static RuleCase.Expected expected(DocumentPart part) throws DocumentException {
    part.only(FIRES);
    Integer findings = number(part, "findings", 1, MOST_FINDINGS);
    return new RuleCase.Expected(
        findings == null ? 1 : findings,
        number(part, "count", 0, Integer.MAX_VALUE),
        severity(part),
        part.text("principal", MOST_CHARS),
        part.text("ip", MOST_CHARS));
  }

  private static @Nullable Integer number(DocumentPart part, String key, int least, int most)
      throws DocumentException {
    YamlValue value = part.value(key);
    return value == null ? null : number(value, key, "a number", least, most);
  }

  private static int number(YamlValue value, String key, String what) throws DocumentException {
    return number(value, key, what, 1, MOST_FINDINGS);
  }

  private static int number(YamlValue value, String key, String what, int least, int most)
      throws DocumentException {
    String text = DocumentPart.text(value, key, MOST_CHARS);
    boolean isNumber = text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    long number = isNumber ? Long.parseLong(text) : -1;
    if (number < least || number > most) {
      throw DocumentPart.refusal(
          value.at(),
          "has %s for %s".formatted(Quoted.of(text), key),
          "write %s from %d to %d".formatted(what, least, most));
    }
    return (int) number;
  }

  private static @Nullable Severity severity(DocumentPart part) throws DocumentException {
    String word = part.text("severity", MOST_CHARS);
    if (word == null) {
      return null;
    }
    for (Severity severity : Severity.values()) {
      if (severity.name().equalsIgnoreCase(word)) {
        return severity;
      }
    }
    throw HeaderReader.unknown(
        part.at("severity"),
        "severity",
        word,
        Arrays.stream(Severity.values()).map(Severity::name).toList());
  }
}
