package dev.lockstep.detections.sigma.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.match.Placeholders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Warnings of lint about the detection of a rule, and about the condition of a correlation. */
class RuleLintTest {
  private static final Placeholders NETWORKS = new Placeholders(Map.of("ours", List.of("1.2.3.4")));

  private static List<Warning> warnings(String yaml) {
    DocumentReader.Reading reading =
        new DocumentReader(NETWORKS).read("a.yml", yaml.getBytes(StandardCharsets.UTF_8));
    assertThat(reading.faults()).isEmpty();
    return new RuleLint(SigmaFields.bundled())
        .examine(reading.documents()).stream()
            .flatMap(document -> document.warnings().stream())
            .filter(
                warning ->
                    warning.kind() != Warning.Kind.NO_ID && warning.kind() != Warning.Kind.NO_TESTS)
            .toList();
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
