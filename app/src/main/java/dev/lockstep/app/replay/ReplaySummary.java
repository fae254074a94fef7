package dev.lockstep.app.replay;

import dev.lockstep.app.report.HtmlReport;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.ingest.outcome.IngestCounts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Summary of a replay: tables and an HTML report for people, and one JSON object for tools. */
public final class ReplaySummary {
  private static final String FORMS =
      "Lockstep reads Event Hubs messages and records in JSON, Event Hubs Capture (Avro), the"
          + " storage export of Azure Monitor, and exports of Log Analytics, Microsoft Graph and"
          + " the Entra portal; see \"Input\" in docs/replay.md";

  private final Replay.Result result;
  private final double recordsPerSecond;
  private final @Nullable UnaryOperator<String> explain;
  private Predicate<String> listed = rule -> true;

  /**
   * Creates the summary of a replay.
   *
   * @param seconds length of the replay
   * @param explain function from the id of an incident to the command that explains the incident,
   *     or null if the logs cannot be read again, or ids are replaced by pseudonyms
   */
  public ReplaySummary(
      Replay.Result result, double seconds, @Nullable UnaryOperator<String> explain) {
    this.result = result;
    this.explain = explain;
    this.recordsPerSecond = result.counts().total().read() / Math.max(seconds, 0.001);
  }

  /**
   * Lets the printed table of findings by rule show only rules whose ids meet a condition, and
   * returns this summary.
   *
   * @param rules condition, true for the ids of the rules whose findings are in the result
   */
  public ReplaySummary listing(Predicate<String> rules) {
    this.listed = rules;
    return this;
  }

  /**
   * Returns the report of the findings in HTML.
   *
   * @param sections further tables
   */
  public String report(ReportOrigin source, List<ReportSection> sections) {
    List<ReportSection> all = new ArrayList<>();
    if (!result.exceptions().isEmpty()) {
      all.add(ExceptionUse.section(result.exceptions()));
    }
    all.addAll(sections);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    print(new PrintStream(text, true, StandardCharsets.UTF_8));
    return HtmlReport.of(
        new ReportPage(
            source,
            result.detections(),
            result.rules(),
            result.firstArrival(),
            result.lastArrival(),
            all,
            text.toString(StandardCharsets.UTF_8)));
  }

  public String json() {
    return new ReplayJson(result, recordsPerSecond).text();
  }

  /**
   * Prints the whole summary. If no record of the input could be read, results of rules are left
   * out.
   */
  public void print(PrintStream out) {
    text().print(out);
  }

  /**
   * Prints the numbers of records by category and outcome, the reasons of rejections, and the
   * speed. Results of rules are not printed.
   */
  public void printRecords(PrintStream out) {
    text().printRecords(out);
  }

  private ReplayText text() {
    return new ReplayText(result, recordsPerSecond, explain, listed);
  }

  /**
   * Returns a message that names the readable forms of input if no record could be read, and null
   * otherwise. The result is null too if the input has no record, or a record of a known category.
   */
  public static @Nullable String unreadable(IngestCounts counts) {
    IngestCounts.Totals all = counts.total();
    IngestCounts.Totals unknown = counts.byCategory().get(IngestCounts.NO_CATEGORY);
    return unknown == null || unknown.rejected() == 0 || unknown.rejected() < all.read()
        ? null
        : "No record of the input could be read: %s. %s"
            .formatted(
                all.rejected() == 1
                    ? "its only record was rejected"
                    : "all %s were rejected".formatted(DisplayFormat.number(all.rejected())),
                FORMS);
  }
}
