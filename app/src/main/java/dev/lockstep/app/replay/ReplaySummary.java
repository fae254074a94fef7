package dev.lockstep.app.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.report.HtmlReport;
import dev.lockstep.app.report.Incident;
import dev.lockstep.app.report.ReportOrigin;
import dev.lockstep.app.report.ReportPage;
import dev.lockstep.app.report.ReportSection;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.JsonView;
import dev.lockstep.schemas.text.Quoted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Summary of a replay, as tables for people and as one JSON object for tools. */
public final class ReplaySummary {
  private static final List<Severity> SEVERITIES =
      List.of(Severity.High, Severity.Medium, Severity.Low, Severity.Informational);

  private static final int MOST_INCIDENTS = 20;
  private static final long LEAST_RECORDS_WITH_SPEED = 1_000; // fewer take mostly the warm-up

  private static final String FORMS =
      "Read are Event Hubs messages and records in JSON, Event Hubs Capture (Avro), the storage"
          + " export of Azure Monitor, and exports of Log Analytics, Microsoft Graph and the Entra"
          + " portal; see \"Input\" in docs/replay.md";

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
   * Restricts the printed table of findings by rule to the rules whose ids meet a condition.
   *
   * @param rules condition, true for the ids of the rules whose findings are in the result
   */
  public ReplaySummary listing(Predicate<String> rules) {
    this.listed = rules;
    return this;
  }

  private long shadowed() {
    return result.detections().stream()
        .filter(detection -> Boolean.TRUE.equals(detection.getShadow()))
        .count();
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

  private Map<String, Map<Severity, Long>> byRule() {
    Map<String, Map<Severity, Long>> counts = new TreeMap<>();
    for (Detection detection : result.detections()) {
      counts
          .computeIfAbsent(detection.getRule(), rule -> new TreeMap<>())
          .merge(detection.getSeverity(), 1L, Long::sum);
    }
    return counts;
  }

  public String json() {
    IngestCounts.Totals all = result.counts().total();
    DetectionCounters counters = result.counters();
    return JsonText.of(
        json -> {
          json.writeStartObject();
          writeSums(json, result.counts().begun() - result.leftOut(), all);
          json.writeObjectFieldStart("byCategory");
          for (Map.Entry<String, IngestCounts.Totals> entry :
              result.counts().byCategory().entrySet()) {
            json.writeObjectFieldStart(entry.getKey());
            writeSums(json, entry.getValue().read(), entry.getValue());
            json.writeEndObject();
          }
          json.writeEndObject();
          json.writeNumberField("repeated", counters.repeatedEvents());
          json.writeNumberField("late", counters.lateEvents());
          json.writeNumberField("outsideFromTo", result.leftOut());
          JsonText.writeCounts(json, "rejectedByReason", result.counts().rejectedByReason());
          JsonText.writeCounts(json, "quarantinedByReason", result.counts().quarantinedByReason());
          JsonText.writeCounts(json, "flaws", result.counts().flawed());
          json.writeNumberField("detections", result.detections().size());
          json.writeNumberField("shadowed", shadowed());
          RuleStatus.write(json, result.rules());
          json.writeObjectFieldStart("byRule");
          for (Map.Entry<String, Map<Severity, Long>> entry : byRule().entrySet()) {
            json.writeObjectFieldStart(entry.getKey());
            for (Map.Entry<Severity, Long> count : entry.getValue().entrySet()) {
              json.writeNumberField(count.getKey().name(), count.getValue());
            }
            json.writeEndObject();
          }
          json.writeEndObject();
          writeIncidents(json);
          new FindingTotals(result.detections()).write(json);
          JsonText.writeCounts(json, "ruleFailures", counters.ruleFailures());
          writeNested(json, "gates", counters.gates());
          writeNested(json, "coverage", counters.coverage());
          GeoDatabases databases = result.databases();
          json.writeObjectFieldStart("databases");
          json.writeBooleanField("city", databases.hasCity());
          json.writeBooleanField("asn", databases.hasAsn());
          json.writeBooleanField("anonymous", databases.hasAnonymous());
          json.writeNumberField("unreadable", databases.unreadable());
          json.writeEndObject();
          writeExceptions(json);
          json.writeNumberField("recordsPerSecond", Math.round(recordsPerSecond));
          if (result.lastArrival() > 0) {
            json.writeStringField("from", JsonView.instant(result.firstArrival()));
            json.writeStringField("to", JsonView.instant(result.lastArrival()));
          }
          json.writeEndObject();
        });
  }

  private void writeIncidents(JsonGenerator json) throws IOException {
    List<Incident> incidents = Incident.of(result.detections());
    json.writeNumberField("incidents", incidents.size());
    json.writeObjectFieldStart("byIncident");
    for (Incident incident : incidents) {
      json.writeObjectFieldStart(incident.correlationId());
      json.writeStringField("severity", incident.severity().name());
      json.writeStringField("subject", incident.subject());
      json.writeBooleanField("raised", incident.isRaised());
      json.writeStringField("from", JsonView.instant(incident.startAt()));
      json.writeStringField("to", JsonView.instant(incident.endAt()));
      JsonText.writeTexts(json, "rules", incident.rules());
      JsonText.writeTexts(
          json, "findings", incident.findings().stream().map(Detection::getId).toList());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private void writeExceptions(JsonGenerator json) throws IOException {
    JsonText.writeObjects(
        json,
        "exceptions",
        result.exceptions(),
        use -> {
          json.writeStringField("id", use.entry().id());
          json.writeStringField("rule", use.entry().rule());
          json.writeNumberField("removed", use.did().removed());
          json.writeNumberField("outweighed", use.did().outweighed());
          json.writeBooleanField("expired", use.expired());
          JsonText.writeTexts(json, "findings", use.did().findings());
        });
  }

  private static void writeSums(JsonGenerator json, long read, IngestCounts.Totals sums)
      throws IOException {
    json.writeNumberField("recordsRead", read);
    json.writeNumberField("activities", sums.mapped());
    json.writeNumberField("ignored", sums.ignored());
    json.writeNumberField("rejected", sums.rejected());
    json.writeNumberField("quarantined", sums.quarantined());
  }

  private static void writeNested(
      JsonGenerator json, String name, Map<String, Map<String, Long>> counts) throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Map<String, Long>> entry : counts.entrySet()) {
      JsonText.writeCounts(json, entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }

  /**
   * Prints the whole summary. If no record of the input could be read, results of rules are left
   * out.
   */
  public void print(PrintStream out) {
    if (result.leftOut() == 0 && unreadable(result.counts()) != null) {
      printRecords(out);
      return;
    }
    printDetections(out);
    printIncidents(out);
    printCounts(out);
    printRejections(out);
    if (result.counts().total().mapped() > 0) {
      new MissingLogs(result.rules(), result.counts().byCategory()).print(out);
    }
    new FindingTotals(result.detections()).print(out);
    printExceptions(out);
    printNested(out, "Failures of rules, by what the rule did", result.counters().failures());
    printNested(out, "Suppressed or counted, by rule", result.counters().gates());
    printNested(out, "What each rule could see", result.counters().coverage());
    printDatabases(out);
    printSpeed(out);
  }

  /**
   * Prints the numbers of records by category and outcome, the reasons of rejections, and the
   * speed. Results of rules are not printed.
   */
  public void printRecords(PrintStream out) {
    printUnreadable(out);
    printCounts(out);
    printRejections(out);
    printSpeed(out);
  }

  private void printSpeed(PrintStream out) {
    if (result.counts().total().read() < LEAST_RECORDS_WITH_SPEED) {
      return;
    }
    out.printf(
        Locale.ROOT,
        "%n%s records at %,d a second%n",
        DisplayFormat.number(result.counts().total().read()),
        Math.round(recordsPerSecond));
  }

  /**
   * Returns a message if no record of the input could be read, with the forms of input that can be
   * read. The result is null if there was no record, or one that was read or has a known category.
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

  private void printUnreadable(PrintStream out) {
    String unreadable = result.leftOut() > 0 ? null : unreadable(result.counts());
    if (unreadable != null) {
      out.println(unreadable);
      out.println();
    }
  }

  private void printDetections(PrintStream out) {
    if (result.detections().isEmpty()) {
      out.println("No detections.");
    }
    Map<String, Map<Severity, Long>> byRule = byRule();
    boolean isAnyInformational =
        byRule.values().stream().anyMatch(counts -> counts.containsKey(Severity.Informational));
    List<Severity> shown = isAnyInformational ? SEVERITIES : SEVERITIES.subList(0, 3);
    List<String> columns = new ArrayList<>(List.of("Detections by rule"));
    shown.forEach(severity -> columns.add(severity.name()));
    columns.addAll(List.of("All", "Runs"));
    TextTable table = new TextTable(columns.toArray(String[]::new));
    for (RuleStatus state : result.rules()) {
      if (!listed.test(state.rule().id())) {
        continue;
      }
      Map<Severity, Long> counts = byRule.getOrDefault(state.rule().id(), Map.of());
      List<String> row = new ArrayList<>(List.of(state.rule().id()));
      for (Severity severity : shown) {
        row.add(DisplayFormat.number(counts.getOrDefault(severity, 0L)));
      }
      row.add(DisplayFormat.number(counts.values().stream().mapToLong(Long::longValue).sum()));
      row.add(state.text()); // last, since a sleeping rule takes a sentence
      table.row(row);
    }
    table.print(out);
    if (shadowed() > 0) {
      out.println(
          DisplayFormat.number(shadowed())
              + (shadowed() == 1
                  ? " of these detections is in shadow, and is"
                  : " of these detections are in shadow, and are")
              + " not sent to sinks.");
    }
  }

  private void printIncidents(PrintStream out) {
    List<Incident> incidents = Incident.of(result.detections());
    if (incidents.isEmpty()) {
      return;
    }
    int correlated = incidents.stream().mapToInt(incident -> incident.findings().size()).sum();
    TextTable table =
        new TextTable("Incidents", "Severity", "Raised", "Findings", "Rules", "From", "Of");
    for (Incident incident : incidents.subList(0, Math.min(MOST_INCIDENTS, incidents.size()))) {
      table.row(
          List.of(
              incident.correlationId(),
              incident.severity().name(),
              incident.isRaised() ? "yes" : "no",
              DisplayFormat.number(incident.findings().size()),
              DisplayFormat.number(incident.rules().size()),
              DisplayFormat.minute(incident.startAt()),
              incident.subject()));
    }
    out.println();
    table.print(out);
    out.printf(
        "%s in %s%s%s%n",
        DisplayFormat.count(correlated, "finding"),
        DisplayFormat.count(incidents.size(), "incident"),
        incidents.size() <= MOST_INCIDENTS
            ? ""
            : ", the worst " + MOST_INCIDENTS + " of them above",
        explain == null
            ? "; " + ShellCommand.call("explain --incident ID") + " shows one."
            : "; to see why the first one is an incident:");
    if (explain != null) { // on one line of its own, to be copied
      out.println("  " + explain.apply(incidents.get(0).correlationId()));
    }
  }

  private void printCounts(PrintStream out) {
    TextTable table =
        new TextTable(
            "Records by category", "Read", "Activities", "Ignored", "Rejected", "Quarantined");
    result
        .counts()
        .byCategory()
        .forEach((category, sums) -> table.row(row(category, sums.read(), sums)));
    table.row(row("all", result.counts().begun() - result.leftOut(), result.counts().total()));
    out.println();
    table.print(out);
    out.printf(
        Locale.ROOT,
        "Repeated %s, late %s%s%n",
        DisplayFormat.number(result.counters().repeatedEvents()),
        DisplayFormat.number(result.counters().lateEvents()),
        result.leftOut() == 0
            ? ""
            : ", outside --from and --to " + DisplayFormat.number(result.leftOut()));
    if (result.lastArrival() > 0) {
      out.printf(
          "From %s to %s%n",
          JsonView.instant(result.firstArrival()), JsonView.instant(result.lastArrival()));
    }
  }

  private void printExceptions(PrintStream out) {
    if (result.exceptions().isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable("Exceptions", "Rule", "Owner", "Until", "Removed", "Outweighed", "Remark");
    for (ExceptionUse use : result.exceptions()) {
      table.row(
          List.of(
              use.entry().id(),
              use.entry().rule(),
              use.entry().owner(),
              JsonView.instant(use.entry().expiresAt()).substring(0, 16) + "Z",
              DisplayFormat.number(use.did().removed()),
              DisplayFormat.number(use.did().outweighed()),
              use.remark()));
    }
    out.println();
    table.print(out);
    for (ExceptionUse use : result.exceptions()) {
      for (String finding : use.did().findings()) {
        out.printf("  %s removed %s%n", Quoted.visible(use.entry().id()), Quoted.visible(finding));
      }
    }
  }

  private static List<String> row(String name, long read, IngestCounts.Totals sums) {
    return List.of(
        name,
        DisplayFormat.number(read),
        DisplayFormat.number(sums.mapped()),
        DisplayFormat.number(sums.ignored()),
        DisplayFormat.number(sums.rejected()),
        DisplayFormat.number(sums.quarantined()));
  }

  private void printRejections(PrintStream out) {
    printReasons(out, "Rejected", result.counts().rejectedByReason());
    printReasons(out, "Quarantined", result.counts().quarantinedByReason());
    printReasons(out, "Read, with a flaw", result.counts().flawed());
    Where without = result.rejections().withoutCategory();
    if (without != null) {
      IngestCounts.Totals sums = result.counts().byCategory().get(IngestCounts.NO_CATEGORY);
      out.printf(
          "%nIgnored, because the record has no category%n  %s%n",
          DisplayFormat.count(sums == null ? 0 : sums.ignored(), "record"));
      printPlace(
          out,
          without,
          new DetectionFile(String.valueOf(without.getFile())).beginsWithDetection()
              ? "this file has findings that Lockstep wrote, and no logs; name the captured logs"
              : "\"Input\" in docs/replay.md lists the forms that are read");
    }
  }

  private void printReasons(PrintStream out, String title, Map<String, Long> reasons) {
    if (reasons.isEmpty()) {
      return;
    }
    Map<String, DeadLetter> examples = result.rejections().byReason();
    out.printf("%n%s%n", title);
    reasons.forEach(
        (reason, number) -> {
          DeadLetter letter = examples.get(reason);
          out.printf("  %s %s%n", DisplayFormat.number(number), reason);
          Where flawed = result.rejections().withFlaw(reason);
          if (letter != null) {
            printPlace(out, letter.getWhere(), letter.getDetail());
          } else if (flawed != null) {
            printPlace(out, flawed, "\"Flaws\" in docs/operations.md says what it means");
          }
        });
  }

  private static void printPlace(PrintStream out, Where where, String text) {
    out.printf(
        "      first in %s:%d: %s%n",
        Quoted.visible(String.valueOf(where.getFile())), where.getPosition(), Quoted.visible(text));
  }

  private static void printNested(
      PrintStream out, String title, Map<String, Map<String, Long>> counts) {
    if (counts.isEmpty()) {
      return;
    }
    TextTable table = new TextTable(title, "", "Times");
    counts.forEach(
        (rule, byName) ->
            byName.forEach(
                (name, number) -> table.row(List.of(rule, name, DisplayFormat.number(number)))));
    out.println();
    table.print(out);
  }

  private void printDatabases(PrintStream out) {
    GeoDatabases databases = result.databases();
    out.printf(
        Locale.ROOT,
        "%nGeoIP databases: city %s, asn %s, anonymous %s%s%n",
        databases.hasCity() ? "yes" : "no",
        databases.hasAsn() ? "yes" : "no",
        databases.hasAnonymous() ? "yes" : "no",
        databases.unreadable() == 0
            ? ""
            : "; %s found a damaged record: download the databases again"
                .formatted(DisplayFormat.count(databases.unreadable(), "look-up")));
  }
}
