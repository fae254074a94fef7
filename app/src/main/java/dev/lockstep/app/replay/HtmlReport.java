package dev.lockstep.app.replay;

import static dev.lockstep.app.replay.HtmlText.breakable;
import static dev.lockstep.app.replay.HtmlText.brief;
import static dev.lockstep.app.replay.HtmlText.day;
import static dev.lockstep.app.replay.HtmlText.escaped;
import static dev.lockstep.app.replay.HtmlText.minute;
import static dev.lockstep.app.replay.HtmlText.span;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * HTML page with the findings of a replay and its summary, in one file: incidents first, the worst
 * of them before others, then findings that stand alone. It loads nothing, and runs only the script
 * of its filters.
 */
public final class HtmlReport {
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");
  private static final int MOST_RELATED = 5;

  private static final List<Severity> SEVERITIES =
      List.of(Severity.High, Severity.Medium, Severity.Low, Severity.Informational);

  private static final Comparator<Detection> WORST_FIRST =
      Comparator.comparing(Detection::getSeverity)
          .thenComparing(Detection::getStartTime)
          .reversed()
          .thenComparing(Detection::getId);

  private HtmlReport() {}

  /**
   * Table behind the detections.
   *
   * @param id of its heading within the page
   * @param note sentences below it
   */
  public record Section(
      String id, String title, List<String> headings, List<List<String>> rows, String note) {}

  /** Returns the page without further tables. */
  public static String of(List<Detection> detections, ReplaySummary summary) {
    return of(detections, summary, List.of());
  }

  /** Returns the page with further tables behind the detections. */
  public static String of(
      List<Detection> detections, ReplaySummary summary, List<Section> sections) {
    StringBuilder page = new StringBuilder(64 * 1024);
    List<Incident> incidents = Incident.of(detections);
    List<Detection> alone =
        detections.stream()
            .filter(detection -> detection.getCorrelationId() == null)
            .sorted(WORST_FIRST)
            .toList();
    start(page);
    head(page, detections, incidents, summary, sections);
    filter(page, detections);
    page.append("<main>");
    incidents(page, incidents, new SameAddress(detections));
    alone(page, alone, !incidents.isEmpty());
    page.append("</main>\n");
    append(page, summary.exceptions());
    sections.forEach(section -> append(page, section));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    summary.print(new PrintStream(text, true, StandardCharsets.UTF_8));
    page.append("<section><h2 id=\"summary\">Summary</h2><pre tabindex=\"0\">");
    text.toString(StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> page.append(escaped(line)).append('\n'));
    page.append("</pre></section><script>").append(SCRIPT).append("</script></body></html>\n");
    return page.toString();
  }

  private static void start(StringBuilder page) {
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .append("script-src '")
        .append(hash(SCRIPT))
        .append("'; style-src '")
        .append(hash(STYLE))
        .append("'; base-uri 'none'; form-action 'none'\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<meta name=\"color-scheme\" content=\"light dark\">")
        .append("<title>Lockstep replay</title><style>")
        .append(STYLE)
        .append("</style></head><body>\n");
  }

  private static void head(
      StringBuilder page,
      List<Detection> detections,
      List<Incident> incidents,
      ReplaySummary summary,
      List<Section> sections) {
    page.append("<header><p class=\"muted\">Lockstep replay");
    String period = summary.period();
    if (!period.isEmpty()) {
      page.append(" · ").append(period).append(" UTC");
    }
    page.append("</p><h1>")
        .append(DisplayFormat.count(incidents.size(), "incident"))
        .append(", ")
        .append(DisplayFormat.count(detections.size(), "finding"))
        .append("</h1>");
    if (summary.shadowed() > 0) {
      page.append("<p>")
          .append(DisplayFormat.count(summary.shadowed(), "finding"))
          .append(" in shadow, which no sink gets.</p>");
    }
    page.append("<ul class=\"tiles\">");
    for (Severity severity : SEVERITIES) {
      long count = count(detections, severity);
      if (count > 0 || severity != Severity.Informational) {
        page.append("<li class=\"").append(severity).append("\"><b>");
        page.append(count).append("</b> ").append(severity).append("</li>");
      }
    }
    page.append("</ul><nav>");
    link(page, !incidents.isEmpty(), "incidents", "Incidents");
    link(page, detections.stream().anyMatch(d -> d.getCorrelationId() == null), "alone", "Alone");
    link(page, !summary.exceptions().isEmpty(), "exceptions", "Exceptions");
    sections.forEach(section -> link(page, true, section.id(), section.title()));
    link(page, true, "summary", "Summary of what was read");
    page.append("</nav></header>\n");
  }

  private static long count(List<Detection> detections, Severity severity) {
    return detections.stream().filter(each -> each.getSeverity() == severity).count();
  }

  private static void link(StringBuilder page, boolean is, String id, String words) {
    if (is) {
      page.append("<a href=\"#").append(escaped(id)).append("\">");
      page.append(escaped(words)).append("</a> ");
    }
  }

  /** Appends the filters, which stay hidden unless the script runs. */
  private static void filter(StringBuilder page, List<Detection> detections) {
    if (detections.isEmpty()) {
      return;
    }
    page.append("<form id=\"filter\" hidden><fieldset><legend>Severity</legend>");
    for (Severity severity : SEVERITIES) {
      long count = count(detections, severity);
      if (count > 0) {
        page.append("<label class=\"toggle ")
            .append(severity)
            .append("\"><input type=\"checkbox\" name=\"severity\" value=\"")
            .append(severity)
            .append("\" checked>")
            .append(severity)
            .append("</label>");
      }
    }
    page.append("</fieldset><label><span>Rule</span><select name=\"rule\">")
        .append("<option value=\"\">All rules</option>");
    Map<String, Integer> rules = new TreeMap<>();
    detections.forEach(each -> rules.merge(each.getRule(), 1, Integer::sum));
    rules.forEach(
        (rule, count) ->
            page.append("<option value=\"")
                .append(escaped(rule))
                .append("\">")
                .append(escaped(rule))
                .append(" (")
                .append(count)
                .append(")</option>"));
    page.append("</select></label><label class=\"text\"><span>Text</span>")
        .append("<input type=\"search\" name=\"text\" autocomplete=\"off\" spellcheck=\"false\"")
        .append(" placeholder=\"Name, address, id\"></label>")
        .append("<span class=\"buttons\"><button type=\"button\" name=\"open\">Open all</button>")
        .append("<button type=\"reset\">Reset</button></span>")
        .append("<output aria-live=\"polite\"></output></form>\n");
  }

  private static void incidents(
      StringBuilder page, List<Incident> incidents, SameAddress addresses) {
    if (incidents.isEmpty()) {
      return;
    }
    page.append("<section class=\"group\"><h2 id=\"incidents\">Incidents</h2>");
    incidents.forEach(incident -> incident(page, incident, addresses));
    page.append("</section>\n");
  }

  private static void incident(StringBuilder page, Incident incident, SameAddress addresses) {
    int rules = incident.rules().size();
    page.append("<article class=\"incident\" id=\"i-")
        .append(escaped(incident.correlationId()))
        .append("\"><header><h3>");
    FindingHtml.severity(page, incident.severity());
    page.append(" <span class=\"title\">").append(breakable(incident.subject())).append("</span>");
    page.append("</h3><p>")
        .append(DisplayFormat.count(incident.findings().size(), "finding"))
        .append(" of ")
        .append(DisplayFormat.count(rules, "rule"))
        .append(", ")
        .append(span(incident.startAt(), incident.endAt()));
    if (incident.isRaised()) {
      page.append(", <b>raised</b> since ").append(rules).append(" rules agree");
    }
    page.append("</p><p class=\"muted\"><a href=\"#i-")
        .append(escaped(incident.correlationId()))
        .append("\">incident ")
        .append(escaped(brief(incident.correlationId())))
        .append("</a>");
    if (HtmlText.isId(incident.correlationId())) {
      page.append(" <code>lockstep explain --incident ")
          .append(brief(incident.correlationId()))
          .append(" PATH...</code>");
    }
    page.append("</p>");
    addresses.near(incident).forEach((address, others) -> related(page, address, others));
    page.append("</header><ol class=\"timeline\">\n");
    FindingHtml html = new FindingHtml(page);
    String day = "";
    for (Detection finding : incident.findings()) {
      String of = day(finding.getStartTime());
      if (!of.equals(day)) {
        page.append("<li class=\"day\">").append(of).append("</li>\n");
        day = of;
      }
      html.inTimeline(finding, incident.startAt());
    }
    page.append("</ol></article>\n");
  }

  private static void related(StringBuilder page, String address, List<Detection> others) {
    page.append("<p class=\"related\">Also at <span class=\"ip\">")
        .append(escaped(address))
        .append("</span> within a day: ");
    if (others.size() > MOST_RELATED) { // an address of many, which leads nowhere
      page.append(others.size()).append(" other findings or incidents</p>");
      return;
    }
    for (Detection other : others) {
      String incident = other.getCorrelationId();
      page.append(other == others.get(0) ? "" : ", ").append("<a href=\"#");
      if (incident == null) {
        page.append("f-")
            .append(escaped(other.getId()))
            .append("\">")
            .append(escaped(other.getTitle()));
      } else {
        page.append("i-").append(escaped(incident)).append("\">incident ");
        page.append(escaped(brief(incident)));
      }
      page.append("</a>");
    }
    page.append("</p>");
  }

  private static void alone(StringBuilder page, List<Detection> alone, boolean afterIncidents) {
    if (alone.isEmpty()) {
      return;
    }
    page.append("<section class=\"group\"><h2 id=\"alone\">")
        .append(afterIncidents ? "Findings that stand alone" : "Findings")
        .append("</h2><ol class=\"alone\">\n");
    FindingHtml html = new FindingHtml(page);
    alone.forEach(html::alone);
    page.append("</ol></section>\n");
  }

  private static void append(StringBuilder page, Section section) {
    page.append("<section><h2 id=\"").append(escaped(section.id())).append("\">");
    page.append(escaped(section.title())).append("</h2>");
    if (!section.rows().isEmpty()) {
      page.append("<table><thead><tr>");
      section.headings().forEach(cell -> page.append("<th>").append(escaped(cell)).append("</th>"));
      page.append("</tr></thead><tbody>");
      for (List<String> row : section.rows()) {
        page.append("<tr>");
        for (int i = 0; i < row.size(); i++) {
          page.append("<td data-label=\"")
              .append(escaped(i < section.headings().size() ? section.headings().get(i) : ""))
              .append("\">")
              .append(escaped(row.get(i)))
              .append("</td>");
        }
        page.append("</tr>");
      }
      page.append("</tbody></table>");
    }
    page.append("<p class=\"muted\">").append(escaped(section.note())).append("</p></section>\n");
  }

  private static void append(StringBuilder page, List<ExceptionUse> exceptions) {
    if (exceptions.isEmpty()) {
      return;
    }
    page.append("<section><h2 id=\"exceptions\">Exceptions</h2><table><thead><tr>")
        .append("<th>Exception</th><th>Rule</th><th>Reason, owner</th><th>Until</th>")
        .append("<th>Removed</th><th>Outweighed</th><th>Remark</th></tr></thead><tbody>");
    for (ExceptionUse use : exceptions) {
      page.append("<tr><td data-label=\"Exception\">")
          .append(escaped(use.entry().id()))
          .append("</td><td data-label=\"Rule\">")
          .append(escaped(use.entry().rule()))
          .append("</td><td data-label=\"Reason, owner\"><span>")
          .append(escaped(use.entry().reason()))
          .append("<br><span class=\"muted\">")
          .append(escaped(use.entry().owner()))
          .append("</span></span></td><td class=\"whole\" data-label=\"Until\">")
          .append(minute(use.entry().expiresAt()))
          .append("</td><td data-label=\"Removed\"><span>")
          .append(use.did().removed())
          .append("<br><span class=\"muted\">")
          .append(escaped(String.join(" ", use.did().findings())))
          .append("</span></span></td><td data-label=\"Outweighed\">")
          .append(use.did().outweighed())
          .append("</td><td data-label=\"Remark\">")
          .append(escaped(use.remark()))
          .append("</td></tr>");
    }
    page.append("</tbody></table></section>\n");
  }

  /** Returns the hash by which the page's policy lets an inline text be used. */
  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream("/report/" + name)) {
      if (in == null) {
        throw new IllegalStateException("/report/" + name + " is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
