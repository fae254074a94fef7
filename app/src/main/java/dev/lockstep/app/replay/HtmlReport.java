package dev.lockstep.app.replay;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.JsonView;
import dev.lockstep.schemas.Quoted;
import dev.lockstep.schemas.Severity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** HTML page with the detections of a replay and its summary, in one file. */
public final class HtmlReport {
  private static final String STYLE =
      """
      body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;
      color:#1b1b1f;background:#fff}
      h1{font-size:1.5rem}details{border:1px solid #d0d0d7;border-radius:6px;margin:.5rem 0;
      padding:.5rem .9rem}summary{cursor:pointer}
      .High{color:#a40e26;font-weight:600}.Medium{color:#8a4b00;font-weight:600}
      .Low{color:#4b5563;font-weight:600}
      .muted{color:#5b5b66}table{border-collapse:collapse;width:100%;font-size:.86rem}
      td,th{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #ececf1;
      vertical-align:top;overflow-wrap:anywhere}.whole{white-space:nowrap}
      pre{background:#f5f5f8;padding:1rem;border-radius:6px;overflow-x:auto;font-size:.82rem}
      @media(prefers-color-scheme:dark){body{background:#17171b;color:#e7e7ea}
      details{border-color:#3a3a44}pre{background:#22222a}td,th{border-color:#2c2c35}
      .High{color:#ff7b8a}.Medium{color:#ffb454}.Low{color:#a9b1bd}.muted{color:#a0a0ab}}
      """;

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
    page.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<title>Lockstep replay</title><style>")
        .append(STYLE)
        .append("</style></head><body><h1>")
        .append(detections.size())
        .append(detections.size() == 1 ? " detection" : " detections")
        .append(summary.shadowed() == 0 ? "" : ", " + summary.shadowed() + " of them in shadow")
        .append("</h1><p>");
    for (Severity severity : List.of(Severity.High, Severity.Medium, Severity.Low)) {
      long count = detections.stream().filter(d -> d.getSeverity() == severity).count();
      page.append("<span class=\"")
          .append(severity)
          .append("\">")
          .append(severity)
          .append(' ')
          .append(count)
          .append("</span> &nbsp; ");
    }
    page.append("<a href=\"#summary\">Summary of what was read</a></p>");
    for (Detection detection : detections) {
      append(page, detection);
    }
    append(page, summary.exceptions());
    sections.forEach(section -> append(page, section));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    summary.print(new PrintStream(text, true, StandardCharsets.UTF_8));
    page.append("<h1 id=\"summary\">Summary</h1><pre>");
    text.toString(StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> page.append(escaped(line)).append('\n'));
    page.append("</pre></body></html>\n");
    return page.toString();
  }

  private static void append(StringBuilder page, Detection detection) {
    page.append("<details><summary><span class=\"")
        .append(detection.getSeverity())
        .append("\">")
        .append(detection.getSeverity())
        .append("</span> ")
        .append(escaped(detection.getTitle()))
        .append(" <span class=\"muted\">")
        .append(Boolean.TRUE.equals(detection.getShadow()) ? "shadow · " : "")
        .append(
            detection.getReason().equals(detection.getRule())
                ? ""
                : escaped(detection.getRule()) + " · ")
        .append(escaped(detection.getReason()))
        .append(" · ")
        .append(minute(detection.getEndTime()))
        .append("</span></summary><p>")
        .append(escaped(detection.getDescription()))
        .append("</p>");
    for (Map<String, String> alert : detection.getDefenderAlerts()) {
      append(page, alert);
    }
    page.append("<table><tr><th>Time</th><th>Address</th><th>Network</th><th>Event</th>")
        .append("<th>What mattered</th></tr>");
    for (Evidence event : detection.getEvidence()) {
      append(page, event);
    }
    page.append("</table><p class=\"muted\">Checked: ");
    List<String> checked = new ArrayList<>();
    for (GateChecked gate : detection.getGates()) {
      String numbers = gate.getNumbers().isEmpty() ? "" : " (" + named(gate.getNumbers()) + ")";
      checked.add(escaped(gate.getGate() + " " + gate.getVerdict()) + numbers);
    }
    page.append(String.join("; ", checked));
    page.append("</p><p class=\"muted\">")
        .append(escaped(detection.getId()))
        .append("</p></details>");
  }

  private static void append(StringBuilder page, Evidence event) {
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
        .append(escaped(orEmpty(event.getIp())))
        .append("</td><td class=\"whole\">")
        .append(escaped(network.strip()))
        .append("</td><td>")
        .append(escaped(event.getCategory() + " " + event.getEventId()))
        .append("<br><span class=\"muted\">")
        .append(escaped(where))
        .append("</span></td><td>")
        .append(named(event.getMattered()))
        .append("</td></tr>");
  }

  private static void append(StringBuilder page, Section section) {
    page.append("<h1 id=\"").append(escaped(section.id())).append("\">");
    page.append(escaped(section.title())).append("</h1>");
    if (!section.rows().isEmpty()) {
      page.append("<table><tr>");
      section.headings().forEach(cell -> page.append("<th>").append(escaped(cell)).append("</th>"));
      page.append("</tr>");
      for (List<String> row : section.rows()) {
        page.append("<tr>");
        row.forEach(cell -> page.append("<td>").append(escaped(cell)).append("</td>"));
        page.append("</tr>");
      }
      page.append("</table>");
    }
    page.append("<p class=\"muted\">").append(escaped(section.note())).append("</p>");
  }

  private static void append(StringBuilder page, List<ExceptionUse> exceptions) {
    if (exceptions.isEmpty()) {
      return;
    }
    page.append("<h1 id=\"exceptions\">Exceptions</h1><table><tr><th>Exception</th><th>Rule</th>")
        .append("<th>Reason, owner</th><th>Until</th><th>Removed</th><th>Outweighed</th>")
        .append("<th>Remark</th></tr>");
    for (ExceptionUse use : exceptions) {
      page.append("<tr><td>")
          .append(escaped(use.entry().id()))
          .append("</td><td>")
          .append(escaped(use.entry().rule()))
          .append("</td><td>")
          .append(escaped(use.entry().reason()))
          .append("<br><span class=\"muted\">")
          .append(escaped(use.entry().owner()))
          .append("</span></td><td class=\"whole\">")
          .append(minute(use.entry().expiresAt()))
          .append("</td><td>")
          .append(use.did().removed())
          .append("<br><span class=\"muted\">")
          .append(escaped(String.join(" ", use.did().findings())))
          .append("</span></td><td>")
          .append(use.did().outweighed())
          .append("</td><td>")
          .append(escaped(use.remark()))
          .append("</td></tr>");
    }
    page.append("</table>");
  }

  private static void append(StringBuilder page, Map<String, String> alert) {
    page.append("<p>Microsoft Defender: ")
        .append(escaped(orEmpty(alert.get("title"))))
        .append(" <span class=\"muted\">")
        .append(escaped(orEmpty(alert.get("severity"))))
        .append(" · ")
        .append(escaped(orEmpty(alert.get("product"))))
        .append(" · ")
        .append(escaped(orEmpty(alert.get("id"))))
        .append("</span>");
    String link = alert.get("link");
    if (link != null && link.startsWith("https://")) {
      page.append(" <a href=\"").append(escaped(link)).append("\">open</a>");
    }
    page.append("</p>");
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    String shown = Quoted.visible(text);
    for (int i = 0; i < shown.length(); i++) {
      char c = shown.charAt(i);
      switch (c) {
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '&' -> safe.append("&amp;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  /** Returns names and values as words, with whole numbers without fraction. */
  private static String named(Map<String, ?> values) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              boolean whole = value instanceof Double number && number == Math.rint(number);
              String text = whole ? String.valueOf(((Double) value).longValue()) : value.toString();
              words.add(escaped(name + " " + text));
            });
    return String.join(", ", words);
  }

  private static String minute(long millis) {
    String text = JsonView.instant(millis);
    return text.substring(0, 10) + " " + text.substring(11, 16);
  }
}
