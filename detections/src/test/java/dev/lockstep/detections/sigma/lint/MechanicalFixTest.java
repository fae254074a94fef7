package dev.lockstep.detections.sigma.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.sigma.match.Placeholders;
import java.time.LocalDate;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mechanical fixes of files with Sigma documents. */
class MechanicalFixTest {
  private static final String ID = "11111111-0000-0000-0000-000000000001";

  private static MechanicalFix.Result fix(String text) {
    return new MechanicalFix(
            "a.yml", Placeholders.NONE, LocalDate.of(2026, 1, 5), () -> UUID.fromString(ID))
        .fix(text);
  }

  @Test
  void addsWhatIsMissing_behindAByteOrderMark() {
    String rule =
        """
        \uFEFFtitle: One
        date: 2026-01-05
        logsource: {product: azure, service: auditlogs}
        detection:
            selection: {OperationName: x}
            condition: selection
        """;

    assertThat(fix(rule).text())
        .startsWith("\uFEFFtitle: One\nid: " + ID + "\nstatus: experimental\ndate: 2026-01-05\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"---\n", "...\n---\n"})
  void leavesTheNextDocumentAsItIs_whenItFindsNoTitle(String end) {
    String rules =
        """
        {title: One, logsource: {product: azure, service: auditlogs}, detection: {
          selection: {OperationName: x}, condition: selection}}
        """
            + end
            + """
            title: Two
            id: 11111111-0000-0000-0000-000000000002
            date: 2026-01-05
            logsource: {product: azure, service: auditlogs}
            detection:
                selection: {OperationName: x}
                condition: selection
            """;

    MechanicalFix.Result fixed = fix(rules);

    assertThat(fixed.changes()).hasSize(1);
    assertThat(fixed.text())
        .isEqualTo(rules.replace("title: Two\n", "title: Two\nstatus: experimental\n"));
  }

  @Test
  void addsWhatIsMissing_andWritesDatesAndTagsAsTheyAreUsual() {
    MechanicalFix.Result fixed =
        fix(
            """
            title: One
            date: 2024/02/03   # when
            tags:
                - attack.Initial_Access
                - attack.T1078.004
            logsource: {product: azure, service: auditlogs}
            detection:
                selection: {OperationName: Some_THING}
                condition: selection
            ---
            title: Two
            id: own
            status: test
            modified: '2024/02/04'
            logsource: {product: azure, service: auditlogs}
            detection:
                selection: {OperationName: 2024/02/03}
                condition: selection""");

    assertThat(fixed.text())
        .isEqualTo(
            """
            title: One
            id: 11111111-0000-0000-0000-000000000001
            status: experimental
            date: 2024-02-03   # when
            tags:
                - attack.initial-access
                - attack.t1078.004
            logsource: {product: azure, service: auditlogs}
            detection:
                selection: {OperationName: Some_THING}
                condition: selection
            ---
            title: Two
            id: own
            status: test
            modified: '2024-02-04'
            logsource: {product: azure, service: auditlogs}
            detection:
                selection: {OperationName: 2024/02/03}
                condition: selection
            """);
    assertThat(fixed.changes())
        .extracting(MechanicalFix.Change::line)
        .containsExactly(2L, 3L, 4L, 6L, 7L, 16L, 20L);
    assertThat(fixed.changes().get(0).what()).contains("adds \"id: " + ID + "\"", "other ids");
    assertThat(fix(fixed.text()).changes()).isEmpty();
  }

  @Test
  void writesSpacesForTabs_whereAFileCannotBeReadWithThem() {
    MechanicalFix.Result fixed =
        fix(
            """
            title: One
            id: a
            status: test
            date: 2026-01-05
            logsource:
            \tproduct: azure
            \tservice: auditlogs
            detection:
            \tselection:
            \t\tOperationName: x
            \tcondition: selection
            """);

    assertThat(fixed.text()).contains("        OperationName: x\n").doesNotContain("\t");
    assertThat(fixed.changes()).hasSize(5);
  }

  @Test
  void leavesAFile_thatWouldMeanSomethingElse_orIsRefused() {
    String inOneLine =
        "{title: One, id: a, status: test, date: 2026-01-05, tags: [Some.Tag], logsource: {product: azure, service: auditlogs}, detection: {selection: {OperationName|cased: Some.Tag}, condition: selection}}\n";
    String refused = "title: One\ndate: 2024/01/05\ndetection: x\n";

    assertThat(fix(inOneLine).changes()).isEmpty();
    assertThat(fix(inOneLine).text()).isEqualTo(inOneLine);
    assertThat(fix(refused).text()).isEqualTo(refused);
  }

  @Test
  void saysNothingOfFindings_whereAFilterGetsAnId() {
    MechanicalFix.Result fixed =
        fix(
            """
            title: Not the scanner
            logsource: {product: azure, service: auditlogs}
            filter:
                rules: any
                selection: {OperationName: scan}
                condition: not selection
            """);

    assertThat(fixed.changes())
        .extracting(MechanicalFix.Change::what)
        .containsExactly("adds \"id: " + ID + "\"");
  }

  @Test
  void keepsTheEndsOfLines() {
    String text =
        "title: One\r\nid: a\r\nstatus: test\r\ndate: 2026/01/05\r\nlogsource: {product: azure, service: auditlogs}\r\ndetection:\r\n    selection: {OperationName: x}\r\n    condition: selection\r\n";

    assertThat(fix(text).text()).isEqualTo(text.replace("2026/01/05", "2026-01-05"));
  }
}
