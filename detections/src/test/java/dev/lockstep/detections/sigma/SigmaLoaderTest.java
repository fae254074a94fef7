package dev.lockstep.detections.sigma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.correlation.GroupDay;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.ConditionTruth;
import dev.lockstep.detections.sigma.match.Placeholders;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets of rules that are large. */
class SigmaLoaderTest {
  private static final int MOST = SigmaLoader.MOST_RAW_FIELDS;

  private static String rule(String name, int from, int to) {
    return """
    title: Rule %s
    name: %s
    logsource: {product: azure, service: auditlogs}
    detection:
      selection:
    %s  condition: selection
    """
        .formatted(
            name,
            name,
            IntStream.range(from, to)
                .mapToObj(i -> "    properties.field%d: value\n".formatted(i))
                .collect(Collectors.joining()));
  }

  private static List<DocumentFault> faults(String... documents) {
    return SigmaRun.load(String.join("---\n", documents)).faults();
  }

  @Test
  void saysOfAReferenceByTitle_whichDocumentIsMeant() {
    String correlation =
        """
        title: Many
        correlation:
          type: event_count
          rules: [rule A]
          group-by: [lockstep.principal.id]
          timespan: 10m
          condition: {gte: 3}
        """;
    assertThat(faults(rule("a", 0, 1).replace("Rule a", "Rule A"), correlation))
        .extracting(DocumentFault::fix)
        .containsExactly(
            "refer to the document at \"rules.yml:1\" by its id or name, not by its title; if the"
                + " document has neither, give it a name");
  }

  @Test
  void refusesTheFirstRawFieldThatIsOneTooMany() {
    assertThat(faults(rule("a", 0, 3_000), rule("b", 1_000, MOST))).isEmpty();

    List<DocumentFault> faults = faults(rule("a", 0, 3_000), rule("b", 1_000, MOST + 100));

    assertThat(faults).hasSize(1);
    assertThat(faults.get(0).message())
        .contains("rules.yml:%d ".formatted(3_000 + 7 + 6 + MOST - 1_000))
        .contains("properties.field%d".formatted(MOST))
        .contains("more than %d different fields".formatted(MOST))
        .contains("load fewer rules");
  }

  @Test
  void countsTheFieldsOfFiltersAndCorrelations() {
    String filter = filterOn("properties.another");
    String correlation = correlation("gte: 3");

    assertThat(faults(rule("a", 0, MOST - 1), filter, correlation)).isEmpty();
    assertThat(faults(rule("a", 0, MOST), filter)).hasSize(1);
    assertThat(faults(rule("a", 0, MOST), correlation))
        .singleElement()
        .satisfies(fault -> assertThat(fault.message()).contains("groups or counts by fields"));
  }

  @Test
  void rulesSleepWhoseFilterNeedsAFieldThatNoRecordHas() {
    String filter = filterOn("NoSuchField");
    SigmaSetRule rule = SigmaRun.load(rule("a", 0, 1) + "---\n" + filter).set().rules().get(0);
    assertThat(rule.info().lacks()).containsExactly("NoSuchField");
    assertThat(rule.line("NoSuchField")).hasToString("rules.yml:14");
  }

  private static String filterOn(String field) {
    return """
    title: Filter
    logsource: {product: azure, service: auditlogs}
    filter:
      rules: any
      selection:
        %s: value
      condition: not selection
    """
        .formatted(field);
  }

  private static String correlation(String condition) {
    return """
    title: Correlation
    correlation:
      type: event_count
      rules: [a]
      group-by: [properties.another]
      timespan: 5m
      condition: {%s}
    """
        .formatted(condition);
  }

  private static List<DocumentFault> faultsOfThreshold(String condition) {
    return faults(rule("a", 0, 1), correlation(condition));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_draft", "-draft", "", "too many", "caf\u00e9"})
  void saysWhatTheNameOfAFileMayBe(String name) {
    SigmaLoader loader = new SigmaLoader(SigmaFields.bundled());
    loader.add("rules/" + name + ".yml", name, List.of(), List.of());

    assertThat(loader.load().faults())
        .singleElement()
        .satisfies(
            fault ->
                assertThat(fault.message())
                    .contains(
                        "has a file name that cannot be the id of a rule; rename the file: write at"
                            + " most 128 letters from A to Z, digits, underscores and dashes, the"
                            + " first a letter or a digit"));
  }

  @Test
  void refusesARuleThatACorrelationListsTwice_byIdAndByName() {
    String correlation =
        """
        title: Both
        correlation:
          type: temporal
          rules: [%s]
          timespan: 10m
        """;
    String named = rule("a", 0, 1).replace("name: a", "name: a\nid: 4f1ed1c2");

    assertThat(faults(named, rule("b", 1, 2), correlation.formatted("a, b"))).isEmpty();
    assertThat(faults(named, rule("b", 1, 2), correlation.formatted("a, b, 4F1ED1C2")))
        .extracting(DocumentFault::message)
        .singleElement()
        .asString()
        .contains("lists the rule \"4F1ED1C2\" twice, also as \"a\"; remove one of the two");
  }

  @Test
  void refusesTwoRulesWithoutAnId_thatHaveTheSameTitle() {
    String one = rule("a", 0, 1);
    String other = one.replace("name: a", "name: b");

    assertThat(faults(one, other.replace("name: b", "name: b\nid: 4f1ed1c2"))).isEmpty();
    assertThat(faults(one, other))
        .extracting(DocumentFault::message)
        .singleElement()
        .asString()
        .contains("rules.yml:9 has no id, and the same title, \"Rule a\", as the document at")
        .contains("give one of the two an id or another title");
  }

  @Test
  void takesRulesWithTheSameTitle_ofWhichOneHasFindings() {
    String one = rule("a", 0, 1);
    String other = one.replace("name: a", "name: b");

    assertThat(faults(one, other, correlation("gte: 3"))).isEmpty();
  }

  @Test
  void namesTheLineOfAThresholdAndOfAnAlias() {
    String correlation =
        """
        title: Many
        correlation:
            type: event_count
            rules: [one]
            group-by: [user]
            timespan: 5m
            aliases:
                user:
                    one: a
                    unlike: b
            condition:
                gte: 1
                lte: 9000
        """;

    assertThat(faults(rule("one", 0, 1), correlation))
        .extracting(fault -> fault.at().line() + " " + fault.what() + "; " + fault.fix())
        .containsExactlyInAnyOrder(
            "21 has the threshold lte: 9000, which is too large for a count; write a threshold of at"
                + " most 4096",
            "18 has the alias \"user\" for the rule \"unlike\", which the correlation does not list;"
                + " name a rule that the correlation lists");
  }

  @Test
  void refusesThresholdsThatNeedMoreEventsThanAreKept() {
    assertThat(faultsOfThreshold("gte: " + GroupDay.MOST)).isEmpty();
    assertThat(faultsOfThreshold("gt: " + (GroupDay.MOST - 1))).isEmpty();
    assertThat(faultsOfThreshold("gte: " + (GroupDay.MOST + 1))).hasSize(1);
    assertThat(faultsOfThreshold("gt: " + GroupDay.MOST))
        .singleElement()
        .satisfies(
            fault ->
                assertThat(fault.message())
                    .contains("has the threshold gt: " + GroupDay.MOST)
                    .contains("write a threshold of at most " + (GroupDay.MOST - 1)));
  }

  @Test
  void saysOfAConditionOfManyComparisons_inAMoment_thatItMayHold() {
    byte[] bytes = rule("a", 0, 20_000).getBytes(StandardCharsets.UTF_8);
    RuleDocument document =
        (RuleDocument)
            new DocumentReader(Placeholders.NONE).read("a.yml", bytes).documents().get(0);
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    long started = processor.getCurrentThreadCpuTime();

    ConditionTruth truth = ConditionTruth.of(document.detection());

    assertThat(truth).isEqualTo(new ConditionTruth(false, false));
    assertThat(Duration.ofNanos(processor.getCurrentThreadCpuTime() - started))
        .isLessThan(Duration.ofSeconds(1));
  }
}
