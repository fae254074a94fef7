package dev.lockstep.app.replay;

import static dev.lockstep.app.replay.HtmlText.breakable;
import static dev.lockstep.app.replay.HtmlText.brief;
import static dev.lockstep.app.replay.HtmlText.clock;
import static dev.lockstep.app.replay.HtmlText.day;
import static dev.lockstep.app.replay.HtmlText.escaped;
import static dev.lockstep.app.replay.HtmlText.minute;
import static dev.lockstep.app.replay.HtmlText.named;

import dev.lockstep.app.detection.Raising;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Findings of a report in HTML: a line each that opens to its evidence and gates. */
final class FindingHtml {
  private static final int MOST_ADDRESSES = 2;

  private final StringBuilder page;

  FindingHtml(StringBuilder page) {
    this.page = page;
  }

  /** Appends a finding of an incident, by its time since the incident's start. */
  void inTimeline(Detection finding, long startAt) {
    long later = finding.getStartTime() - startAt;
    finding(
        finding,
        clock(finding.getStartTime()),
        later == 0 ? "start" : "+ " + DisplayFormat.length(later));
  }

  /** Appends a finding that stands alone. */
  void alone(Detection finding) {
    finding(finding, day(finding.getStartTime()), clock(finding.getStartTime()));
  }

  private void finding(Detection finding, String time, String belowTime) {
    Severity before = Raising.severityBefore(finding);
    page.append("<li class=\"finding\" id=\"f-").append(escaped(finding.getId()));
    page.append("\" data-severity=\"").append(finding.getSeverity());
    page.append("\" data-rule=\"").append(escaped(finding.getRule())).append("\">");
    page.append("<details><summary><span class=\"when\"><span class=\"time\">")
        .append(time)
        .append("</span><span class=\"muted\">")
        .append(belowTime)
        .append("</span></span><span class=\"level\">");
    severity(page, finding.getSeverity());
    if (before != null) {
      page.append("<span class=\"muted\">")
          .append(before == finding.getSeverity() ? "stays " : "was ")
          .append(before)
          .append("</span>");
    }
    page.append("</span><span class=\"what\"><span class=\"title\">")
        .append(breakable(finding.getTitle()))
        .append("</span><span class=\"muted\"><span class=\"rule\">")
        .append(escaped(finding.getRule()))
        .append("</span>");
    if (!finding.getReason().equals(finding.getRule())) {
      page.append(" · ").append(escaped(finding.getReason()));
    }
    Set<String> addresses = Incident.addresses(finding);
    for (String address :
        finding.getIp() == null
            ? addresses.stream().limit(MOST_ADDRESSES).toList()
            : List.of(finding.getIp())) {
      page.append(" · <span class=\"ip\">").append(escaped(address)).append("</span>");
    }
    chip(finding.getShadow(), "shadow");
    chip(finding.getColdStart(), "cold start");
    chip(!finding.getDefenderAlerts().isEmpty(), "Defender");
    page.append("</span></span></summary><div class=\"body\">");
    body(finding);
    page.append("</div></details></li>\n");
  }

  /** Appends a severity in its colour. */
  static void severity(StringBuilder page, Severity severity) {
    page.append("<span class=\"severity ")
        .append(severity)
        .append("\">")
        .append(severity)
        .append("</span>");
  }

  private void chip(@Nullable Boolean is, String word) {
    if (Boolean.TRUE.equals(is)) {
      page.append(" <span class=\"chip\">").append(word).append("</span>");
    }
  }

  private void body(Detection finding) {
    page.append("<p>").append(breakable(finding.getDescription())).append("</p>");
    for (Map<String, String> alert : finding.getDefenderAlerts()) {
      alert(alert);
    }
    if (!finding.getEvidence().isEmpty()) {
      page.append(
              "<table class=\"evidence\"><thead><tr><th>Time</th><th>Address</th><th>Network</th><th>Event</th>")
          .append("<th>What mattered</th></tr></thead><tbody>");
      finding.getEvidence().forEach(this::evidence);
      page.append("</tbody></table>");
    }
    gates(finding.getGates());
    about(finding);
  }

  private void evidence(Evidence event) {
    String network =
        event.getNetwork() == null
            ? ""
            : (event.getNetwork().getAsn() == null ? "" : "AS" + event.getNetwork().getAsn())
                + " "
                + orEmpty(event.getNetwork().getCountry())
                + " "
                + orEmpty(event.getNetwork().getClass$());
    String where =
        event.getFile() == null
            ? "%s/%s/%s".formatted(event.getHub(), event.getPartition(), event.getOffset())
            : event.getFile() + ":" + event.getLine();
    page.append("<tr><td class=\"whole\">")
        .append(minute(event.getTime()))
        .append("</td><td class=\"whole\">")
        .append(escaped(event.getIp()))
        .append("</td><td>")
        .append(escaped(network.strip()))
        .append("</td><td><span>")
        .append(escaped(event.getCategory() + " " + event.getEventId()))
        .append("<br><span class=\"muted\">")
        .append(escaped(where))
        .append("</span></span></td><td>")
        .append(named(event.getMattered()))
        .append("</td></tr>");
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private void gates(List<GateChecked> gates) {
    if (gates.isEmpty()) {
      return;
    }
    page.append("<h4>Checked</h4><ul class=\"gates\">");
    for (GateChecked gate : gates) {
      page.append("<li><span class=\"verdict ")
          .append(gate.getVerdict().equals("raised") ? "raised" : "other")
          .append("\">")
          .append(escaped(gate.getVerdict()))
          .append("</span> <b>")
          .append(escaped(gate.getGate()))
          .append("</b> <span class=\"muted\">")
          .append(named(gate.getNumbers()))
          .append("</span></li>");
    }
    page.append("</ul>");
  }

  private void about(Detection finding) {
    Principal principal = finding.getPrincipal();
    page.append("<p class=\"about muted\">");
    if (principal != null) {
      page.append(escaped(principal.getType()))
          .append(' ')
          .append(escaped(principal.getName() == null ? "" : principal.getName() + " "))
          .append(escaped(principal.getId()))
          .append("<br>");
    }
    if (!finding.getTechniques().isEmpty()) {
      page.append("ATT&amp;CK ")
          .append(escaped(String.join(", ", finding.getTechniques())))
          .append("<br>");
    }
    page.append("count ")
        .append(finding.getCount())
        .append(" · <a href=\"#f-")
        .append(escaped(finding.getId()))
        .append("\">finding ")
        .append(escaped(finding.getId()))
        .append("</a>");
    if (HtmlText.isId(finding.getId())) {
      page.append("<br><code>lockstep explain --detection ")
          .append(brief(finding.getId()))
          .append(" PATH...</code>");
    }
    page.append("</p>");
  }

  private void alert(Map<String, String> alert) {
    page.append("<p>Microsoft Defender: ")
        .append(escaped(alert.get("title")))
        .append(" <span class=\"muted\">")
        .append(escaped(alert.get("severity")))
        .append(" · ")
        .append(escaped(alert.get("product")))
        .append(" · ")
        .append(escaped(alert.get("id")))
        .append("</span>");
    String link = alert.get("link");
    if (link != null && link.startsWith("https://")) {
      page.append(" <a rel=\"noopener noreferrer\" href=\"")
          .append(escaped(link))
          .append("\">open</a>");
    }
    page.append("</p>");
  }
}
