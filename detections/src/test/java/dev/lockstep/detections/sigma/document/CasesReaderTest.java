package dev.lockstep.detections.sigma.document;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with the tests of one Java rule. */
class CasesReaderTest {
  @Test
  void refusesASecondDocument() {
    CasesReader.Reading reading =
        CasesReader.read(
            "a.tests.yaml",
            """
            rule: one
            tests: [{name: fires, records: [{}], fires: 1}]
            ---
            rule: two
            tests: [{name: fires, records: [{}], fires: 1}]
            """);

    assertThat(reading.fault()).isNotNull();
    assertThat(reading.fault().message())
        .startsWith("could not read the file: a.tests.yaml:4 has a second document;");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1_200_000, Integer.MAX_VALUE})
  void takesTheCountOfAnyFinding(int count) {
    CasesReader.Reading reading = CasesReader.read("a.tests.yaml", counted(String.valueOf(count)));

    assertThat(reading.fault()).isNull();
    assertThat(reading.tests().get(0).expected().get(0).count()).isEqualTo(count);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "2147483648", "99999999999", "1.5"})
  void refusesACountThatNoFindingHas(String count) {
    CasesReader.Reading reading = CasesReader.read("a.tests.yaml", counted(count));

    assertThat(reading.fault()).isNotNull();
    assertThat(reading.fault().message())
        .contains("\"%s\" for count; write a number from 0 to 2147483647".formatted(count));
  }

  private static String counted(String count) {
    return "rule: one\ntests: [{name: fires, records: [{}], fires: {count: %s}}]\n"
        .formatted(count);
  }
}
