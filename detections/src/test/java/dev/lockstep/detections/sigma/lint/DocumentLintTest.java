package dev.lockstep.detections.sigma.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.Placeholders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Warnings of lint about the detection of a rule, and about the condition of a correlation. */
class DocumentLintTest {
  private static final Placeholders NETWORKS =
      new Placeholders(Map.of("ours", List.of("1.2.3.4"), "none", List.of()));

  private static List<Warning> warnings(String yaml) {
    DocumentReader.Reading reading =
        new DocumentReader(NETWORKS).read("a.yml", yaml.getBytes(StandardCharsets.UTF_8));
    assertThat(reading.faults()).isEmpty();
    return new DocumentLint(SigmaFields.bundled())
        .examine(reading.documents()).stream()
            .flatMap(document -> document.warnings().stream())
            .filter(
                warning ->
                    warning.kind() != Warning.Kind.NO_ID && warning.kind() != Warning.Kind.NO_TESTS)
            .toList();
  }

  @Test
  void warnsOfAMisspeltKey_andOfADateThatIsNone() {
    String rule =
        """
        title: Role given
        logsource: {product: azure, service: auditlogs}
        detection:
            selection: {OperationName: Add member to role}
            condition: selection
        """;
    assertThat(warnings(rule + "levle: high\ndate: 30.11.2026\n"))
        .extracting(warning -> warning.at().line() + " " + warning.what() + "; " + warning.fix())
        .containsExactlyInAnyOrder(
            "6 has the key \"levle\", which is not read; write level, if that is meant",
            "7 has the date \"30.11.2026\", which is not a date;"
                + " write the date as YEAR-MONTH-DAY, such as 2026-11-28");
    assertThat(
            warnings(
                rule
                    + "level: high\nlevels: 3\nteam: a\nscope: [x]\nlicense: MIT\nrelated: []\n"
                    + "custom: 1\ndate: 2026-11-30\nseverity: 3\nowner: soc\n"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'IPAddress|Expand': '%ours%'",
        "'IPAddress | expand': '%ours%'",
        "'UserId |fieldref': ResourceIdentity"
      })
  void readsModifiers_asTheComparisonDoes(String comparison) {
    assertThat(
            warnings(
                """
                title: One
                logsource: {product: azure, service: signinlogs}
                detection:
                    selection:
                        %s
                        Status: Failure
                    condition: selection
                """
                    .formatted(comparison)))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "selection and not ours ~ 'IPAddress|expand': '%none%' ~ never holds: it requires a value of"
            + " \"none\", a placeholder without a value; give each of these placeholders a value in"
            + " placeholders.yaml",
        "not selection ~ 'IPAddress|expand': '%none%' ~ holds for every event, because it excludes"
            + " values of \"none\", a placeholder without a value; give each",
        "selection and not ours and not selection ~ 'IPAddress|expand': '%ours%' ~ never holds: it"
            + " requires a comparison and its negation; remove",
        "selection or everything ~ Status: Failure ~ holds for every event; remove the part",
        "empty ~ Status: Failure ~ holds for every event; remove the part"
      })
  void saysWhyAConditionHoldsNeverOrAlways(String condition, String comparison, String words) {
    assertThat(
            warnings(
                """
                title: One
                logsource: {product: azure, service: signinlogs}
                detection:
                    selection:
                        %s
                    ours: {'UserId|expand': '%%ours%%'}
                    everything: ['*', nobody]
                    empty: ''
                    condition: %s
                """
                    .formatted(comparison, condition)))
        .extracting(warning -> warning.what() + "; " + warning.fix())
        .anySatisfy(text -> assertThat(text).contains(words));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lt: 1", "{gte: 5, lt: 3}"})
  void warnsOfANumberThatNoWindowHas(String condition) {
    String threshold = condition.startsWith("{") ? condition : "{" + condition + "}";
    assertThat(
            warnings(
                """
                title: One
                name: one
                logsource: {product: azure, service: signinlogs}
                detection:
                    selection: {Status: Failure}
                    condition: selection
                ---
                title: Two
                correlation:
                    type: event_count
                    rules: [one]
                    group-by: [UserId]
                    timespan: 5m
                    condition: %s
                """
                    .formatted(threshold)))
        .extracting(Warning::what)
        .containsExactly("has a condition that no window can fulfil");
  }
}
