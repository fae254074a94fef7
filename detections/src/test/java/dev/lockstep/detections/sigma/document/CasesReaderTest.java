package dev.lockstep.detections.sigma.document;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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
}
