package dev.lockstep.app.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingTotalsTest {
  private static Detection finding(String rule, String reason, String principal, String day) {
    Detection finding = new Detection();
    finding.setId(rule + reason + principal + day);
    finding.setRule(rule);
    finding.setReason(reason);
    finding.setSeverity(Severity.Low);
    finding.setTitle("");
    finding.setPrincipal(new Principal(principal, null, "user"));
    finding.setEndTime(Instant.parse(day + "T10:00:00Z").toEpochMilli());
    finding.setEvidence(List.of());
    return finding;
  }

  private static String json(List<Detection> findings) {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          new FindingTotals(findings).write(json);
          json.writeEndObject();
        });
  }

  private static String text(List<Detection> findings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new FindingTotals(findings).print(new PrintStream(out, true, UTF_8), 0);
    return out.toString(UTF_8);
  }

  @Test
  void wrapsAtTheWidthOfTheTerminal() {
    List<Detection> findings = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      findings.add(finding("a", "one", "somebody-%02d@example.com".formatted(i), "2026-11-10"));
    }
    assertThat(text(findings).lines()).anyMatch(line -> line.length() > 80);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new FindingTotals(findings).print(new PrintStream(out, true, UTF_8), 80);
    assertThat(out.toString(UTF_8).lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void countsByReasonSubjectAndDay_andListsTheTenBusiestSubjects() {
    List<Detection> findings = new ArrayList<>();
    for (int subject = 0; subject < 12; subject++) {
      for (int i = 0; i <= subject; i++) {
        findings.add(
            finding("a", i == 0 ? "one" : "two", "p%02d".formatted(subject), "2026-11-1" + i % 3));
      }
    }
    findings.get(findings.size() - 1).getPrincipal().setName("kim@example.com");
    Detection partner = finding("b", "one", "key", "2026-11-10");
    partner.setPartner(new PartnerName("fabrikam", "Fabrikam"));
    findings.add(partner);
    assertThat(json(findings))
        .startsWith(
            "{\"findings\":{\"a\":{\"reasons\":{\"one\":12,\"two\":66},\"subjects\":12,\"busiest\":[{\"subject\":\"kim@example.com\",\"id\":\"p11\",\"findings\":12},{\"subject\":\"p10\",\"id\":\"p10\",\"findings\":11}")
        .contains("{\"subject\":\"p02\",\"id\":\"p02\",\"findings\":3}]")
        .contains("\"days\":{\"2026-11-10\":30,\"2026-11-11\":26,\"2026-11-12\":22}")
        .contains(
            "\"busiest\":[{\"subject\":\"partner fabrikam\",\"id\":\"partner fabrikam\",\"findings\":1}]");
    assertThat(text(findings))
        .contains("  reasons     one 12, two 66")
        .contains("  subjects    kim@example.com 12, p10 11,")
        .contains("and 2 more")
        .contains("  days        2026-11-10 30, 2026-11-11 26, 2026-11-12 22");
  }

  @Test
  void saysNothingOfNothing_andEscapesWhatComesFromOutside() {
    assertThat(text(List.of())).isEmpty();
    assertThat(json(List.of())).isEqualTo("{\"findings\":{}}");
    assertThat(text(List.of(finding("a", "one", "\u001b[2J\u202e", "2026-11-10"))))
        .contains("\\u001b[2J\\u202e 1")
        .doesNotContain("\u001b", "\u202e");
  }
}
