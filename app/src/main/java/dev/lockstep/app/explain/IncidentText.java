package dev.lockstep.app.explain;

import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.detection.SeverityBeforeIncident;
import dev.lockstep.app.explain.IncidentExplanation.Neighbour;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.incident.IncidentsOfGroup;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Printer of the explanation of an incident as text for people. */
public final class IncidentText {
  private static final int MOST_FINDINGS = 30;
  private static final int LABEL_WIDTH = 14;
  private static final String LIMITS =
      "limits: %d h from the latest end of a finding to the next start, %d days from the first start to the last"
          .formatted(
              IncidentsOfGroup.GAP_MILLIS / 3_600_000L,
              IncidentsOfGroup.LENGTH_MILLIS / 86_400_000L);

  private final WrappedText lines;
  private final boolean all;

  /**
   * Creates a writer of the explanation of an incident to wrapped lines of text.
   *
   * @param all whether everything is shown
   */
  public IncidentText(WrappedText lines, boolean all) {
    this.lines = lines;
    this.all = all;
  }

  public void print(ExplainRun.IncidentResult result) {
    IncidentExplanation explained = result.incident();
    lines.text(0, "incident " + explained.incident().correlationId());
    IngestCounts.Totals total = result.counts().total();
    lines.text(
        0,
        ExplainText.read(total.read(), result.firstArrival(), result.lastArrival())
            + ". All times are UTC.");
    one(explained);
    findings(explained);
  }

  private void one(IncidentExplanation explained) {
    Incident incident = explained.incident();
    lines.heading("WHY IT IS ONE INCIDENT");
    Principal principal = explained.principal();
    labelled(
        "group",
        explained.group()
            + (principal == null || principal.getName() == null ? "" : ", " + principal.getName())
            + ": findings of one group are one incident while the gaps between them are short");
    labelled(
        "time",
        DisplayFormat.datedSpan(incident.startAt(), incident.endAt())
            + ", the last start "
            + DisplayFormat.length(last(incident).getStartTime() - incident.startAt())
            + " after the first; limit "
            + IncidentsOfGroup.LENGTH_MILLIS / 86_400_000L
            + " days");
    long gap = Collections.max(explained.gaps());
    labelled(
        "gaps",
        (gap <= 0
                ? "none, because no finding starts after all earlier ones have ended"
                : "the longest is " + DisplayFormat.length(gap))
            + "; limit "
            + IncidentsOfGroup.GAP_MILLIS / 3_600_000L
            + " h");
    Neighbour before = explained.before();
    labelled(
        "before it",
        before == null
            ? "the group has no finding"
            : apart(before, before.startAt(), before.endAt(), incident.startAt()));
    Neighbour after = explained.after();
    labelled(
        "after it",
        after == null
            ? "the group has no finding"
            : apart(after, incident.startAt(), incident.endAt(), after.startAt()));
    int rules = incident.rules().size();
    labelled("rules", rules + ": " + String.join(", ", incident.rules()));
    labelled(
        incident.isRaised() ? "raised" : "not raised",
        (incident.isRaised()
                ? "each finding by one level (High stays High), because " + rules + " rules agree"
                : rules == 1 ? "there is only one rule" : "only " + rules + " rules agree")
            + "; at least "
            + IncidentsOfGroup.RULES_TO_RAISE
            + " rules have to agree");
  }

  private static Detection last(Incident incident) {
    return incident.findings().get(incident.findings().size() - 1);
  }

  private static String apart(Neighbour other, long startAt, long endAt, long nextStartAt) {
    return (other.correlationId() == null
            ? DisplayFormat.count(other.findings(), "finding") + " of one rule"
            : "incident "
                + other.correlationId()
                + " of "
                + DisplayFormat.count(other.findings(), "finding"))
        + ", "
        + DisplayFormat.datedSpan(other.startAt(), other.endAt())
        + ", separate, because the later one starts "
        + (IncidentExplanation.isApartByGap(endAt, nextStartAt)
            ? DisplayFormat.length(nextStartAt - endAt) + " after the latest end of the earlier one"
            : DisplayFormat.length(nextStartAt - startAt)
                + " after the first start of the earlier one")
        + "; "
        + LIMITS;
  }

  private void findings(IncidentExplanation explained) {
    Incident incident = explained.incident();
    List<Detection> findings = incident.findings();
    List<Long> gaps = explained.gaps();
    lines.heading("FINDINGS: " + findings.size() + ", in the order of start and id");
    int printed = all ? findings.size() : Math.min(MOST_FINDINGS, findings.size());
    for (int i = 0; i < printed; i++) {
      if (i > 0) {
        lines.blank();
      }
      finding(findings.get(i), i == 0 ? null : gaps.get(i), incident.startAt());
    }
    if (printed < findings.size()) {
      lines.text(2, "and " + (findings.size() - printed) + ExplainText.MORE);
    }
    lines.blank();
    lines.text(
        0,
        ShellCommand.call("explain --detection ID") + " shows what a finding was compared with.");
  }

  private void finding(Detection finding, @Nullable Long gap, long startAt) {
    Severity before = SeverityBeforeIncident.severityBefore(finding);
    labelled(finding.getSeverity().name(), finding.getTitle());
    labelled(
        before == null
            ? "not raised"
            : before == finding.getSeverity() ? "stays " + before : "was " + before,
        finding.getRule().equals(finding.getReason())
            ? finding.getRule()
            : finding.getRule() + ", " + finding.getReason());
    List<String> parts = new ArrayList<>();
    parts.add(DisplayFormat.datedSpan(finding.getStartTime(), finding.getEndTime()));
    if (gap == null) {
      parts.add("opens the incident");
    } else {
      parts.add(
          "joins "
              + (gap <= 0
                  ? "before the latest end"
                  : DisplayFormat.length(gap) + " after the latest end")
              + ", "
              + DisplayFormat.length(finding.getStartTime() - startAt)
              + " after the first start");
    }
    if (finding.getIp() != null) {
      parts.add(finding.getIp());
    }
    parts.add("id " + finding.getId());
    labelled("", String.join("; ", parts));
    for (GateChecked gate : finding.getGates()) {
      boolean stays = before == finding.getSeverity() && SeverityBeforeIncident.isRaise(gate);
      JudgedDayText.gate(
          lines,
          stays ? new GateChecked(gate.getGate(), "stays " + before, gate.getNumbers()) : gate,
          List.of());
    }
  }

  private void labelled(String label, String text) {
    lines.labelled(2, label, LABEL_WIDTH, text);
  }
}
