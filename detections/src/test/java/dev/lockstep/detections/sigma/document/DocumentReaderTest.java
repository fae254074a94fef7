package dev.lockstep.detections.sigma.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.schemas.Severity;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading of Sigma documents, and the place and fix of each fault. */
class DocumentReaderTest {
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final String RULE =
      """
      title: Sign-in without a second factor
      id: 4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10
      name: single_factor
      status: test
      date: 2026-01-05
      modified: 2026/03/02
      level: critical
      tags:
          - attack.initial-access
          - attack.t1078.004
      logsource:
          product: azure
          service: signinlogs
      detection:
          selection:
              AuthenticationRequirement: singleFactorAuthentication
              ResultType: 0
          filter_network:
              lockstep.ip.class: corporate
          condition: selection and not 1 of filter_*
      lockstep:
          shadow: true
      """;

  private static DocumentReader.Reading read(String text) {
    return new DocumentReader(Placeholders.NONE)
        .read("a.yml", text.getBytes(StandardCharsets.UTF_8));
  }

  private static DocumentFault fault(String text) {
    List<DocumentFault> faults = read(text).faults();
    assertThat(faults).hasSize(1);
    return faults.get(0);
  }

  @Test
  void readsARuleWithItsHeader() {
    RuleDocument rule = (RuleDocument) read(RULE).documents().get(0);
    Header header = rule.header();

    assertThat(header.title()).isEqualTo("Sign-in without a second factor");
    assertThat(header.identity()).isEqualTo("4f1ed1c2-3c0f-4a39-9d6a-0a5a6a0d9a10");
    assertThat(header.level().severity()).isEqualTo(Severity.High);
    assertThat(header.version()).isEqualTo(20_260_302);
    assertThat(header.shadow()).isTrue();
    assertThat(header.sha256()).hasSize(64);
    assertThat(header.tags()).extracting(Header.Tag::word).contains("attack.t1078.004");
    assertThat(rule.source().service()).isEqualTo("signinlogs");
    assertThat(rule.detection().selections()).containsOnlyKeys("selection", "filter_network");
  }

  @Test
  void readsSeveralDocuments_eachWithItsLineAndHash() {
    DocumentReader.Reading reading =
        read(RULE + "---\n" + RULE.replace("status: test", "status: tset") + "---\n" + RULE);

    assertThat(reading.documents()).hasSize(2);
    assertThat(reading.documents())
        .extracting(each -> each.header().number())
        .containsExactly(1, 3);
    assertThat(reading.documents().get(1).header().at().line()).isEqualTo(47);
    assertThat(reading.faults()).hasSize(1);
    assertThat(reading.faults().get(0).message())
        .isEqualTo(
            "could not read the Sigma rule: a.yml:27 has the unknown status \"tset\";"
                + " write one of stable, test, experimental, deprecated, unsupported; the nearest known one is test");
  }

  @Test
  void hashesTheTextOfADocumentAlone() {
    List<SigmaDocument> one = read(RULE).documents();
    List<SigmaDocument> two =
        read(RULE + "---\n" + RULE.replace("ResultType: 0", "ResultType: 1")).documents();

    assertThat(two.get(0).header().sha256()).isEqualTo(one.get(0).header().sha256());
    assertThat(two.get(1).header().sha256()).isNotEqualTo(one.get(0).header().sha256());
  }

  @Test
  void saysWhatACorrelationWithoutFieldsCounts() {
    String text =
        """
        title: Two rules at once
        correlation:
            type: TYPE
            rules: [first, second]
            timespan: 10m
            condition: {field: IPAddress, gte: 2}
        """;

    assertThat(fault(text.replace("TYPE", "event_count")).what())
        .isEqualTo("has the key \"field\", but the type event_count counts events");
    assertThat(fault(text.replace("TYPE", "temporal")).what())
        .isEqualTo("has the key \"field\", but the type temporal counts rules");
  }

  @Test
  void readsACorrelation() {
    CorrelationDocument correlation =
        (CorrelationDocument)
            read("""
            title: Many targets of one source
            generate: true
            correlation:
                type: value_count
                rules:
                    - failed
                    - 7f8b5b0c-0b0e-4f0f-8a65-3a0f1b0a2c11
                group-by:
                    - source
                timespan: 90m
                aliases:
                    source:
                        failed: ipAddress
                        other: callerIpAddress
                condition:
                    field: [userPrincipalName, appId]
                    gt: 10
                    lte: 200
            level: high
            """)
                .documents()
                .get(0);

    assertThat(correlation.type()).isEqualTo(CorrelationDocument.Type.VALUE_COUNT);
    assertThat(correlation.rules())
        .extracting(Reference::word)
        .containsExactly("failed", "7f8b5b0c-0b0e-4f0f-8a65-3a0f1b0a2c11");
    assertThat(correlation.timespan()).isEqualTo(Duration.ofMinutes(90));
    assertThat(correlation.thresholds())
        .extracting(Threshold::toString)
        .containsExactly("gt: 10", "lte: 200");
    assertThat(correlation.fields()).containsExactly("userPrincipalName", "appId");
    assertThat(correlation.aliases())
        .isEqualTo(Map.of("source", Map.of("failed", "ipAddress", "other", "callerIpAddress")));
    assertThat(correlation.generate()).isTrue();
    assertThat(correlation.at().condition().line()).isEqualTo(15);
  }

  @Test
  void readsATemporalExpression() {
    CorrelationDocument correlation =
        (CorrelationDocument)
            read("""
            title: Reset without a ticket
            correlation:
                type: temporal
                rules: [reset, ticket]
                group-by: [user]
                timespan: 1h
                condition: reset and not ticket
            """)
                .documents()
                .get(0);

    assertThat(correlation.expression()).isNotNull();
    assertThat(correlation.expression().hasNegation()).isTrue();
    assertThat(correlation.expression().names()).containsExactly("reset", "ticket");
  }

  @Test
  void readsAFilterOfAnyRule() {
    FilterDocument filter =
        (FilterDocument)
            read("""
            title: Break-glass accounts
            logsource:
                product: azure
                service: signinlogs
            filter:
                rules: any
                selection:
                    userPrincipalName|startswith: glass_
                condition: not selection
            """)
                .documents()
                .get(0);

    assertThat(filter.any()).isTrue();
    assertThat(filter.detection().selections()).containsOnlyKeys("selection");
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            "title: Sign-in", "titel: Sign-in", 1, "but the similar key \"titel\"", "add a title"),
        Arguments.of("level: critical", "level: hihg", 7, "\"hihg\"", "high"),
        Arguments.of("product: azure", "product: windows", 12, "\"windows\"", "azure"),
        Arguments.of(
            "service: signinlogs", "service: signinlog", 13, "\"signinlog\"", "signinlogs"),
        Arguments.of("service: signinlogs", "category: webserver", 13, "category", "service"),
        Arguments.of(
            "ResultType: 0",
            "ResultType|lookslike: 0",
            17,
            "\"lookslike\"",
            "write one of all, base"),
        Arguments.of("ResultType: 0", "ResultType|re: 'a(?=b)'", 17, "look-ahead (?=", "condition"),
        Arguments.of("ResultType: 0", "ResultType|re: 'a{2}+'", 17, "quantifier {2}+", "write {2}"),
        Arguments.of("ResultType: 0", "ResultType|re: '(a'", 17, "cannot be read", "RE2"),
        Arguments.of(
            "ResultType: 0",
            "ResultType|gte: many",
            17,
            "\"many\", which does not fit the modifier gte",
            "number"),
        Arguments.of(
            "ResultType: 0",
            "ResultType|cidr: 10.0.0.1/8",
            17,
            "fit the modifier cidr",
            "10.0.0.0/8"),
        Arguments.of(
            "ResultType: 0",
            "ResultType|expand: '%nobody%'",
            17,
            "\"nobody\"",
            "placeholders.yaml"),
        Arguments.of(
            "ResultType: 0",
            "ResultType|exists: maybe",
            17,
            "fit the modifier \"exists\"",
            "true or false"),
        Arguments.of("ResultType: 0", "ResultType|i: a", 17, "without re", "re|i"),
        Arguments.of(
            "ResultType: 0", "AuthenticationRequirement: x", 17, "has already", "remove one"),
        Arguments.of("ResultType: 0", "ResultType: {a: b}", 17, "mapping as the value", "dots"),
        Arguments.of("ResultType: 0", "ResultType: []", 17, "no value", "write a value"),
        Arguments.of("ResultType: 0", "ResultType:\n\t- 0", 18, "has a tab", "rules lint --fix"),
        Arguments.of(
            "ResultType: 0", "ResultType: &a 0", 17, "anchor", "to write text, use quotes"),
        Arguments.of("ResultType: 0", "ResultType: *a", 17, "alias", "to write text, use quotes"),
        Arguments.of(
            "ResultType: 0", "ResultType: *a*", 17, "is not YAML", "begins with *, &, %, @ or `"),
        Arguments.of("ResultType: 0", "ResultType: *", 17, "is not YAML", "put quotes"),
        Arguments.of("ResultType: 0", "ResultType: %a%", 17, "is not YAML", "put quotes"),
        Arguments.of("ResultType: 0", "ResultType: @a", 17, "is not YAML", "put quotes"),
        Arguments.of(
            "ResultType: 0", "ResultType: \"C:\\Win\"", 17, "is not YAML", "in single quotes"),
        Arguments.of("ResultType: 0", "ResultType: \"0", 17, "not closed", "close the quote"),
        Arguments.of(
            "detection:", "Detection:", 14, "but the similar key \"Detection\"", "detection"),
        Arguments.of(
            "ResultType: 0",
            "ResultType: a\u0081b",
            17,
            "special characters",
            "remove the hidden character of this line"),
        Arguments.of("ResultType: 0", "ResultType: !!python/object 0", 17, "tag", "quotes"),
        Arguments.of(
            "selection and not 1 of filter_*", "selektion", 20, "\"selektion\"", "\"selection\""),
        Arguments.of(
            "selection and not 1 of filter_*",
            "selection and",
            20,
            "ends after",
            "add a selection"),
        Arguments.of("selection and not 1 of filter_*", "(selection", 20, "not closed", "closing"),
        Arguments.of(
            "selection and not 1 of filter_*", "2 of them", 20, "\"2\" before \"of\"", "\"1 of\""),
        Arguments.of(
            "selection and not 1 of filter_*", "all of", 20, "after \"all of\"", "write \"them\""),
        Arguments.of(
            "selection and not 1 of filter_*", "1 of (a or b)", 20, "\"1 of\"", "with \"or\""),
        Arguments.of(
            "selection and not 1 of filter_*", "all of (a or b)", 20, "\"all of\"", "with \"and\""),
        Arguments.of(
            "selection and not 1 of filter_*",
            "selection | count() by user > 5",
            20,
            "old aggregation",
            "correlation of type event_count or value_count"),
        Arguments.of(
            "selection and not 1 of filter_*",
            "selection | near filter_pim",
            20,
            "old aggregation",
            "correlation of type temporal"),
        Arguments.of(
            "    condition: selection and",
            "    timeframe: 5m\n    condition: selection and",
            20,
            "timeframe",
            "timespan"),
        Arguments.of(
            "detection:", "detections:", 14, "but the similar key \"detections\"", "detection"),
        Arguments.of("logsource:", "x:", 1, "has no logsource; add the product", "service"),
        Arguments.of("shadow: true", "shadwo: true", 22, "\"shadwo\"", "shadow"),
        Arguments.of("shadow: true", "shadow: perhaps", 22, "\"perhaps\"", "true or false"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void namesLineWordAndFix(String good, String bad, long line, String what, String fix) {
    assertThat(RULE).contains(good);

    DocumentFault fault = fault(RULE.replace(good, bad));

    assertThat(fault.at().line()).as(fault.message()).isEqualTo(line);
    assertThat(fault.message()).contains(what).contains(fix);
  }

  static Stream<Arguments> correlationFaults() {
    return Stream.of(
        Arguments.of("type: event_count", "type: event_cuont", "event_count"),
        Arguments.of("timespan: 15m", "timespan: 15M", "15m"),
        Arguments.of("timespan: 15m", "timespan: 8d", "at most 7d"),
        Arguments.of("timespan: 15m", "timeframe: 15m", "write timespan"),
        Arguments.of("gte: 10", "gtee: 10", "known one is gte"),
        Arguments.of("gte: 10", "gte: 1.5", "whole number"),
        Arguments.of("gte: 10", "gte: 10\n        field: user", "value_count"),
        Arguments.of("gte: 10", "gte: 10\n        percentile: 5", "value_percentile"),
        Arguments.of("type: event_count", "type: value_percentile", "no field for"),
        Arguments.of(
            "condition:\n        gte: 10",
            "condition: 10",
            "has a single value as the condition of a correlation of type event_count; write a"
                + " comparison below the key \"condition\", such as \"gte: 10\""),
        Arguments.of(
            "title: Many failures",
            "title: Many failures\nlogsource: {product: azure, service: signinlogs}",
            "has both correlation and logsource; remove the key \"logsource\""),
        Arguments.of(
            "title: Many failures",
            "title: Many failures\nfilter: {rules: any}",
            "has both correlation and filter; move the filter to a separate document"),
        Arguments.of("type: event_count", "type: value_sum", "such as \"field: durationMs\""),
        Arguments.of(
            "group-by: [user]",
            "group-by: {user: name}",
            "has a mapping for group-by; write a single value or a list"),
        Arguments.of(
            "group-by: [user]",
            "group-by: [user]\n    aliases: {user: }",
            "has nothing for the alias \"user\", where keys and values should be"),
        Arguments.of("- failed", "- failed\n        - failed", "remove one"));
  }

  @ParameterizedTest
  @MethodSource("correlationFaults")
  void refusesACorrelation(String good, String bad, String words) {
    String correlation =
        """
        title: Many failures
        correlation:
            type: event_count
            rules:
                - failed
            group-by: [user]
            timespan: 15m
            condition:
                gte: 10
        """;
    assertThat(correlation).contains(good);
    assertThat(read(correlation).faults()).isEmpty();

    assertThat(fault(correlation.replace(good, bad)).message()).contains(words);
  }

  @Test
  void namesTheLineOfATagHandle_wherePartsOfTheHeadPrecedeIt() {
    assertThat(fault("%YAML 1.2\n%TAG !e! tag:example.com,2026:\n---\n" + RULE).message())
        .contains("has the YAML directive %TAG; remove the line that begins with %TAG");
  }

  @Test
  void refusesAnUnknownVersionOfYaml() {
    assertThat(fault("%YAML 3.0\n---\n" + RULE).message())
        .contains(
            "has a YAML directive of version 3.0, which is unknown; remove the line that begins"
                + " with %YAML");
  }

  @Test
  void sendsACategoryWithoutAProduct_toAServiceInItsPlace() {
    String rule = RULE.replace("product: azure", "category: webserver");

    assertThat(fault(rule.replace("    service: signinlogs\n", "")).message())
        .contains("write product azure or lockstep, and a service, in place of the category");
    assertThat(
            fault(RULE.replace("product: azure", "product: azure\n    category: signin")).message())
        .contains(
            "remove the category, because the product and the service say which logs are meant");
  }

  @Test
  void namesAPlaceholderInOneLine() {
    DocumentFault fault =
        PlaceholdersReader.read("placeholders.yaml", "\"a\\nb\": [{c: d}]\n").fault();

    assertThat(fault).isNotNull();
    assertThat(fault.message())
        .isEqualTo(
            "could not read the file: placeholders.yaml:1 has an entry in the placeholder"
                + " \"a\\nb\" that is not a single value; write a single value as the entry, or"
                + " remove the entry");
  }

  @Test
  void refusesANetworkOfATest_withItsLine() {
    String tests =
        RULE
            + """
                tests:
                - name: one
                  networks:
                      10.0.0.0/8: corporate
                      NETWORK
                  records: ['{}']
                  fires: none
            """;
    int line = tests.lines().toList().indexOf("          NETWORK") + 1;

    assertThat(fault(tests.replace("NETWORK", "nonsense: corporate")).message())
        .contains(
            ":" + line + " has a wrong entry in networks: bad cidr 'nonsense'; write a range");
    assertThat(fault(tests.replace("NETWORK", "AS64500: corporat")).message())
        .contains(":" + line + " has a wrong entry in networks: ", "'corporat'", "corporate");
    assertThat(fault(tests.replace("NETWORK", "AS64500: hosting/Brazil")).message())
        .contains(":" + line + " has a wrong entry in networks: bad country 'Brazil'");
    assertThat(read(tests.replace("NETWORK", "AS64500: hosting/BR")).faults()).isEmpty();
  }

  @Test
  void keepsARepeatedRecordOnce() {
    StringBuilder yaml = new StringBuilder(RULE).append("    tests:\n");
    for (int i = 0; i < 8; i++) {
      yaml.append("    - name: test ").append(i).append("\n      records:\n");
      yaml.append("        - repeat: 4999\n          record: '{\"n\": \"%n%\", \"text\": \"");
      yaml.append("x".repeat(i < 7 ? 60_000 : 1)).append("\"}'\n");
      yaml.append("        - '{\"n\": \"%n%\"}'\n      fires: none\n");
    }

    DocumentReader.Reading reading = read(yaml.toString());

    assertThat(reading.faults()).isEmpty();
    List<RuleCase> tests = reading.documents().get(0).header().tests();
    assertThat(tests).hasSize(8).allMatch(test -> test.size() == 5_000);
    List<RuleCase.Entered> records = tests.get(7).records();
    assertThat(records).hasSize(5_000);
    assertThat(records.get(4_998).json()).startsWith("{\"n\": \"4999\", ");
    assertThat(records.get(4_999).json()).isEqualTo("{\"n\": \"%n%\"}");
  }

  @Test
  void takesNoBraceOfACharacterClass_forAQuantifier() {
    assertThat(
            read(RULE.replace("ResultType: 0", "ResultType|re: '[\\d]\\p{L}+\\x{41}+a}+'"))
                .faults())
        .isEmpty();
  }

  static Stream<Supplier<String>> bombs() {
    return Stream.of(
        () -> RULE.replace("ResultType: 0", "ResultType: " + "a".repeat(1_000_000)),
        () ->
            RULE.replace("ResultType: 0", "ResultType: |\n" + "            aaaa\n".repeat(80_000)),
        () -> "---\na: b\n".repeat(10_000),
        () -> "a: " + "[".repeat(100_000),
        () -> "a:\n" + "- ".repeat(30_000),
        () -> "{".repeat(50_000),
        () -> "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
        () -> "? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? a",
        () -> "\"".repeat(60_001),
        () -> RULE.replace("ResultType: 0", "ResultType|re: '((((a{100}){100}){100}){100})'"),
        () -> RULE.replace("ResultType: 0", "ResultType|re: '" + "(x+x+)+".repeat(140) + "y'"),
        () -> RULE.replace("ResultType: 0", "ResultType|windash|base64: '" + "-".repeat(600) + "'"),
        () -> RULE.replace("1 of filter_*", "(".repeat(3_000) + "selection" + ")".repeat(3_000)),
        () -> RULE.replace("ResultType: 0", "ResultType: \u0000"));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void refusesABombInAMoment(Supplier<String> bomb) {
    byte[] bytes = bomb.get().getBytes(StandardCharsets.UTF_8);
    DocumentReader reader = new DocumentReader(Placeholders.NONE);
    for (int i = 0; i < 3; i++) {
      reader.read("warm.yml", bytes); // so that a cold class is not measured
    }
    long started = CPU.getCurrentThreadCpuTime();

    DocumentReader.Reading reading = reader.read("bomb.yml", bytes);

    Duration took = Duration.ofNanos(CPU.getCurrentThreadCpuTime() - started);
    assertThat(reading.documents()).isEmpty();
    assertThat(reading.faults()).isNotEmpty();
    assertThat(reading.faults().get(0).message()).contains("bomb.yml:").hasSizeLessThan(1_000);
    assertThat(took).as(reading.faults().get(0).message()).isLessThan(Duration.ofMillis(500));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\UFFFFFFFF", "\\Uffffff00"})
  void refusesAnEscapeThatIsNoCharacter(String escape) {
    String yaml = RULE + "---\n" + RULE.replace("status: ", "author: \"" + escape + "\"\nstatus: ");

    DocumentReader.Reading reading =
        new DocumentReader(Placeholders.NONE).read("a.yml", yaml.getBytes(StandardCharsets.UTF_8));

    assertThat(reading.documents()).hasSize(1);
    assertThat(reading.faults())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.at().line()).isEqualTo(1 + RULE.lines().count());
              assertThat(fault.what()).startsWith("begins a document that is not YAML");
            });
  }

  @Test
  void refusesWhatIsNotUtf8_withItsLine() {
    byte[] bytes = (RULE + "x").getBytes(StandardCharsets.UTF_8);
    bytes[RULE.indexOf("status") + 8] = (byte) 0xff;

    DocumentFault fault =
        new DocumentReader(Placeholders.NONE).read("a.yml", bytes).faults().get(0);

    assertThat(fault.at().line()).isEqualTo(4);
    assertThat(fault.what()).isEqualTo("is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rule: my-rule\ntests: []\n", "tests: []\nrule: my-rule\n"})
  void namesTheEndingOfTests_whereAFileHasTestsOfARuleInJava(String text) {
    DocumentFault fault = fault(text);
    assertThat(fault.message())
        .contains("has tests for a Java rule, but is read as a Sigma rule")
        .endsWith("rename the file to \"a.tests.yaml\"");
    assertThat(List.of("h.tests.yml", "h.test.yaml", "h.Test.YML", "h.yaml", "h"))
        .allMatch(name -> CasesReader.fileName(name).equals("h.tests.yaml"));
    assertThat(List.of("h.tests.yml", "h.test.yaml")).allMatch(CasesReader::isMisnamed);
    assertThat(List.of("h.tests.yaml", "h.yml", "tests.yaml")).noneMatch(CasesReader::isMisnamed);
  }
}
