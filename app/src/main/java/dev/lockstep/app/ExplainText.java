package dev.lockstep.app;

import dev.lockstep.detections.AlertExplanation;
import dev.lockstep.detections.Conclusion;
import dev.lockstep.detections.Subject;
import dev.lockstep.detections.TokenExplanation;
import dev.lockstep.detections.Witness.Unjudged;
import dev.lockstep.ingest.IngestCounts;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An explanation as text for people. */
final class ExplainText {
  private static final int MOST_FINDINGS = 12;
  private static final int MOST_UNJUDGED = 15;

  private final Lines lines;
  private final ExplainScope scope;

  ExplainText(Lines lines, ExplainScope scope) {
    this.lines = lines;
    this.scope = scope;
  }

  void print(Explanation explanation, Replay.Result result) {
    head(explanation, result);
    findings(explanation.findings());
    if (explanation.travel() != null) {
      new TravelText(lines, scope, explanation.travel()).print(explanation.travel());
    }
    TokenText tokens = new TokenText(lines, scope);
    if (explanation.subject().kind() == Subject.Kind.PRINCIPAL) {
      tokens.printBrief(explanation.tokens());
    } else {
      for (TokenExplanation token : explanation.tokens()) {
        tokens.print(token, explanation.witness());
      }
    }
    if (explanation.partner() != null) {
      new PartnerText(lines, scope).print(explanation.partner(), explanation.witness());
    }
    alerts(explanation.alerts());
    if (explanation.subject().kind() == Subject.Kind.ADDRESS) {
      new AddressText(lines, scope).print(explanation.witness());
    } else {
      unjudged(explanation);
    }
  }

  private void head(Explanation explanation, Replay.Result result) {
    Principal principal = explanation.principal();
    lines.text(
        0,
        switch (explanation.subject().kind()) {
          case PRINCIPAL ->
              principal == null ? explanation.subject().id() : Wording.name(principal);
          case PARTNER ->
              explanation.partner() == null
                  ? explanation.subject().id()
                  : explanation.partner().partner().name()
                      + " (partner "
                      + explanation.subject().id()
                      + ")";
          case TOKEN -> "token " + explanation.subject().id();
          case ADDRESS -> "address " + explanation.subject().id();
        });
    IngestCounts.Tally total = result.counts().total();
    lines.text(
        0,
        Wording.count(total.read(), "record")
            + " read"
            + (result.lastArrival() == 0
                ? ""
                : ", which arrived from "
                    + Wording.dateTime(result.firstArrival())
                    + " to "
                    + Wording.dateTime(result.lastArrival()))
            + "; "
            + Wording.count(explanation.witness().events(), "event")
            + " of it. All times are UTC.");
    if (scope.date() != null) {
      lines.text(0, "Only " + scope.date() + ".");
    }
    lines.text(0, "Rules: " + RuleState.line(result.rules()) + ".");
  }

  private void findings(List<Detection> findings) {
    List<Detection> shown =
        findings.stream()
            .filter(
                finding ->
                    scope.date() == null
                        || (!date(finding.getStartTime()).isAfter(scope.date())
                            && !date(finding.getEndTime()).isBefore(scope.date())))
            .toList();
    lines.heading(shown.isEmpty() ? "NO FINDINGS" : "FINDINGS: " + shown.size());
    int printed = scope.all() ? shown.size() : Math.min(MOST_FINDINGS, shown.size());
    for (Detection finding : shown.subList(0, printed)) {
      finding(finding);
    }
    if (printed < shown.size()) {
      lines.text(2, "and " + (shown.size() - printed) + " more; --all lists them");
    }
  }

  private static LocalDate date(long millis) {
    return LocalDate.ofEpochDay(Math.floorDiv(millis, 86_400_000L));
  }

  private void finding(Detection finding) {
    boolean withdrawn = finding.getReason().equals("withdrawn");
    lines.labelled(
        2, withdrawn ? "withdrawn" : finding.getSeverity().name(), 14, finding.getTitle());
    List<String> parts = new ArrayList<>();
    parts.add(
        finding.getRule().equals(finding.getReason())
            ? finding.getRule()
            : finding.getRule() + ", " + finding.getReason());
    parts.add(Wording.datedSpan(finding.getStartTime(), finding.getEndTime()));
    parts.add("count " + finding.getCount());
    parts.add("revision " + finding.getRevision());
    if (Boolean.TRUE.equals(finding.getColdStart())) {
      parts.add("cold start");
    }
    if (Boolean.TRUE.equals(finding.getShadow())) {
      parts.add("shadow");
    }
    parts.add("id " + finding.getId());
    lines.labelled(2, "", 14, String.join("; ", parts));
    if (withdrawn) {
      lines.labelled(2, "", 14, finding.getDescription());
    }
    for (Map<String, String> alert : finding.getDefenderAlerts()) {
      lines.labelled(2, "", 14, "Defender: " + String.join(", ", alert.values()));
    }
  }

  private void alerts(List<AlertExplanation> alerts) {
    List<AlertExplanation> shown =
        alerts.stream()
            .filter(one -> one.times().stream().anyMatch(time -> scope.includes(date(time))))
            .toList();
    if (shown.isEmpty()) {
      return;
    }
    lines.heading("DEFENDER'S ALERTS: " + shown.size());
    int printed = scope.all() ? shown.size() : Math.min(MOST_FINDINGS, shown.size());
    for (AlertExplanation one : shown.subList(0, printed)) {
      alert(one);
    }
    if (printed < shown.size()) {
      lines.text(2, "and " + (shown.size() - printed) + " more; --all lists them");
    }
  }

  private void alert(AlertExplanation one) {
    Conclusion conclusion = one.conclusion();
    lines.blank();
    lines.text(
        2,
        conclusion.fires()
            ? "FIRES, "
                + Wording.upper(Objects.requireNonNull(conclusion.severity()))
                + ": "
                + conclusion.reason()
            : "quiet by " + String.join(", ", conclusion.quietBy()));
    String title = one.alert().getTitle();
    lines.text(
        4,
        Wording.datedSpan(one.times().get(0), one.times().get(one.times().size() - 1))
            + "  "
            + (one.alert().getSeverity() == null ? "no severity" : one.alert().getSeverity())
            + ", "
            + (title == null ? "without a title" : title)
            + " (alert "
            + one.alert().getId()
            + ")");
    lines.text(
        4,
        Wording.name(one.principal())
            + (one.address() == null
                ? " is named, and was at none of its addresses"
                : " at "
                    + one.address()
                    + (one.minutes() == 0
                        ? ""
                        : " in " + Wording.count(one.minutes(), "minute") + " close to it")));
    for (GateChecked gate : one.gates()) {
      GateLine.print(lines, 4, gate, Wording.numbers(gate));
    }
  }

  private void unjudged(Explanation explanation) {
    List<Unjudged> rows =
        explanation.witness().unjudged().stream()
            .filter(row -> scope.includes(row.date()))
            .toList();
    if (rows.isEmpty()) {
      return;
    }
    long events = rows.stream().mapToLong(Unjudged::events).sum();
    lines.heading("NEVER COMPARED: " + Wording.count(events, "event"));
    int printed = scope.all() ? rows.size() : Math.min(MOST_UNJUDGED, rows.size());
    for (Unjudged row : rows.subList(0, printed)) {
      lines.labelled(
          2,
          row.date().toString(),
          12,
          Wording.count(row.events(), row.event())
              + " "
              + Wording.span(row.firstAt(), row.lastAt())
              + (row.address() == null ? "" : " from " + row.address())
              + ": "
              + row.why()
              + why(row.why()));
    }
    if (printed < rows.size()) {
      lines.text(2, "and " + (rows.size() - printed) + " more rows; --all lists them");
    }
    if (explanation.witness().leftOut() > 0) {
      lines.text(2, "and " + Wording.count(explanation.witness().leftOut(), "event") + " more");
    }
  }

  private static String why(String why) {
    return switch (why) {
      case "no-place" -> ", neither networks file, record nor database has coordinates";
      case "no-address" -> ", neither record, link nor Front Door tells one to believe";
      case "failed-sign-in" -> ", it places nobody";
      case "refused" -> ", an attempt, and no place";
      case "unvalidated" -> ", the gateway had not validated the claims";
      case "workload" -> ", left out by default";
      case "subscription" -> ", a key of API Management and no user";
      case "corporate-egress" -> ", our own network: neither judged nor learned";
      case "no-claims" -> ", it names no user";
      case "rule-off" -> ", the rule is off";
      default -> "";
    };
  }
}
