package dev.lockstep.app.report;

import static dev.lockstep.app.report.HtmlText.escaped;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

/**
 * HTML page with findings and a summary, in one file that loads no other file. The page's script
 * shows the findings as text. The content security policy of the page refuses any other script, and
 * text that would become markup. Without scripts the page is a plain list of the worst findings.
 */
public final class HtmlReport {
  private static final String MARK = "@@";
  private static final String FRAME = resource("report.html");
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = filled(resource("report.js"), HtmlReport::resource);
  private static final String LAND = resource("land.txt");
  private static final int MOST_WITHOUT_SCRIPT = 100;

  /**
   * Largest length, in characters, of JSON data that a page holds as plain text. Longer data are
   * compressed. Tools such as grep can read plain text.
   */
  private static final int MOST_PLAIN_CHARS = 4_000_000;

  /**
   * Severities, the worst first; the data in the page give a severity as its index in this list.
   */
  static final List<Severity> SEVERITIES =
      List.of(Severity.High, Severity.Medium, Severity.Low, Severity.Informational);

  /** Order of findings: the highest severity first, and within it the latest. */
  public static final Comparator<Detection> WORST_FIRST =
      Comparator.comparing(Detection::getSeverity)
          .thenComparing(Detection::getStartTime)
          .reversed()
          .thenComparing(Detection::getId);

  private HtmlReport() {}

  public static String of(ReportPage page) {
    String data = ReportData.of(page);
    boolean isPacked = data.length() > MOST_PLAIN_CHARS;
    Map<String, String> parts =
        Map.of(
            "POLICY",
            page.source().isLive() ? livePolicy() : policy(),
            "TITLE",
            escaped(page.source().kind()),
            "STYLE",
            STYLE,
            "WITHOUT",
            withoutScript(page),
            "LAND",
            LAND.strip(),
            "TYPE",
            isPacked ? "application/gzip" : "application/json",
            "DATA",
            isPacked ? packed(data) : data,
            "SCRIPT",
            SCRIPT);
    return filled(FRAME, parts::get);
  }

  private static String filled(String frame, UnaryOperator<String> parts) {
    StringBuilder text = new StringBuilder(256 * 1024);
    int at = 0;
    for (int mark = frame.indexOf(MARK); mark >= 0; mark = frame.indexOf(MARK, at)) {
      int end = frame.indexOf(MARK, mark + MARK.length());
      text.append(frame, at, mark).append(parts.apply(frame.substring(mark + MARK.length(), end)));
      at = end + MARK.length();
    }
    return text.append(frame, at, frame.length()).toString();
  }

  private static String packed(String text) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(packed.toByteArray());
  }

  /**
   * Returns the content security policy of the live page. It lets the page ask its own server for
   * updates.
   */
  public static String livePolicy() {
    return policy() + "; connect-src 'self'";
  }

  private static String policy() {
    return "default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        .formatted(hash(SCRIPT), hash(STYLE));
  }

  private static String withoutScript(ReportPage page) {
    List<Detection> detections = page.detections();
    List<String> counts = new ArrayList<>();
    for (Severity severity : SEVERITIES) {
      long count = detections.stream().filter(each -> each.getSeverity() == severity).count();
      if (count > 0) {
        counts.add(count + " " + severity);
      }
    }
    StringBuilder list = new StringBuilder();
    list.append("<h1>")
        .append(DisplayFormat.count(detections.size(), "finding"))
        .append(counts.isEmpty() ? "" : ": " + String.join(", ", counts))
        .append("</h1><p>Scripts are off: this is a plain list");
    if (detections.size() > MOST_WITHOUT_SCRIPT) {
      list.append(" of the worst ").append(MOST_WITHOUT_SCRIPT);
    }
    list.append(". Evidence, filters and incidents need scripts.</p><ol>");
    detections.stream()
        .sorted(WORST_FIRST)
        .limit(MOST_WITHOUT_SCRIPT)
        .forEach(
            finding ->
                list.append("<li>")
                    .append(DisplayFormat.minute(finding.getStartTime()))
                    .append(" UTC, ")
                    .append(finding.getSeverity())
                    .append(", ")
                    .append(escaped(finding.getRule()))
                    .append(": ")
                    .append(escaped(finding.getTitle()))
                    .append("</li>"));
    return list.append("</ol>").toString();
  }

  private static String hash(String text) {
    return "sha256-" + Base64.getEncoder().encodeToString(Sha256.of(text));
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
