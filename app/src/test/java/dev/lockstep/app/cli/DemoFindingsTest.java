package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoFindingsTest {
  private static final long DAY = 86_400_000L;

  private static Detection finding(String id, Severity severity, long day) {
    return ReportFindings.finding(id, "token-replay", severity, day * DAY);
  }

  @Test
  void incidentsComeFirst_thenFindingsBySeverityAndTime_tenInAll() {
    List<Detection> findings = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      findings.add(finding("low" + i, Severity.Low, i));
    }
    findings.add(finding("early", Severity.High, 1));
    findings.add(finding("late", Severity.High, 2));
    Detection one = finding("one", Severity.Medium, 3);
    Detection other = ReportFindings.finding("other", "session-replay", Severity.Medium, 4 * DAY);
    one.setCorrelationId("incident");
    other.setCorrelationId("incident");
    findings.addAll(List.of(other, one));

    List<DemoFindings.Row> worst = DemoFindings.of(findings);

    assertThat(worst)
        .hasSize(10)
        .extracting(DemoFindings.Row::id)
        .startsWith("incident", "late", "early", "low11", "low10");
    assertThat(worst.get(0))
        .isEqualTo(
            new DemoFindings.Row(
                "--incident",
                "incident",
                Severity.Medium,
                3 * DAY,
                "incident",
                "incident of 2 findings: session-replay, token-replay"));
    assertThat(worst.get(1).option()).isEqualTo("--detection");
    assertThat(worst.get(1).what()).isEqualTo("title late");
    assertThat(DemoFindings.of(List.of())).isEmpty();
  }
}
