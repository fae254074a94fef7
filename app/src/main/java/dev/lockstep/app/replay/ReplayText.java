package dev.lockstep.app.replay;

import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.detection.IdForm;
import dev.lockstep.app.detection.Incident;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.schemas.text.Quoted;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Text of a replay's summary: tables of detections, incidents, records and rules. */
final class ReplayText {
  private static final List<Severity> SEVERITIES =
      List.of(Severity.High, Severity.Medium, Severity.Low, Severity.Informational);

  private static final int MOST_INCIDENTS = 20;
  private static final long LEAST_RECORDS_WITH_SPEED = 1_000; // fewer take mostly the warm-up

  private final Replay.Result result;
  private final double recordsPerSecond;
  private final @Nullable UnaryOperator<String> explain;
  private final Predicate<String> listed;

  /**
   * Creates the text of a replay's summary.
   *
   * @param explain function from the id of an incident to the command that explains the incident,
   *     or null if there is no such command
   * @param listed condition for the ids of the rules in the table of findings by rule
   */
  ReplayText(
      Replay.Result result,
      double recordsPerSecond,
      @Nullable UnaryOperator<String> explain,
      Predicate<String> listed) {
    this.result = result;
    this.recordsPerSecond = recordsPerSecond;
    this.explain = explain;
    this.listed = listed;
  }

  /**
   * Prints the whole summary. If no record of the input could be read, results of rules are left
   * out.
   */
  void print(PrintStream out) {
    if (result.leftOut() == 0 && ReplaySummary.unreadable(result.counts()) != null) {
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
    new FindingTotals(result.detections()).print(out, Terminal.behind(out).width());
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
  void printRecords(PrintStream out) {
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

  private void printUnreadable(PrintStream out) {
    String unreadable = result.leftOut() > 0 ? null : ReplaySummary.unreadable(result.counts());
    if (unreadable != null) {
      out.println(unreadable);
      out.println();
    }
  }

  private void printDetections(PrintStream out) {
    if (result.detections().isEmpty()) {
      out.println("No detections.");
    }
    Map<String, Map<Severity, Long>> byRule = result.byRule();
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
    if (result.shadowed() > 0) {
      out.println(
          DisplayFormat.number(result.shadowed())
              + (result.shadowed() == 1
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
        new TextTable("Severity", "Incident", "Start", "Findings", "Rules", "Raised", "Of")
            .whole("Severity", "Incident", "Start")
            .movable("Of");
    for (Incident incident : incidents.subList(0, Math.min(MOST_INCIDENTS, incidents.size()))) {
      table.row(
          List.of(
              incident.severity().name(),
              IdForm.beginning(incident.correlationId()),
              DisplayFormat.minute(incident.startAt()) + "Z",
              DisplayFormat.number(incident.findings().size()),
              DisplayFormat.number(incident.rules().size()),
              incident.isRaised() ? "yes" : "no",
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
            : incidents.size() == 1
                ? "; to see why it is one:"
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
          AvroJson.instant(result.firstArrival()), AvroJson.instant(result.lastArrival()));
    }
  }

  private void printExceptions(PrintStream out) {
    if (result.exceptions().isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable("Exceptions", "Rule", "Owner", "Until", "Removed", "Outweighed", "Remark")
            .whole("Exceptions", "Until")
            .movable("Remark");
    for (ExceptionUse use : result.exceptions()) {
      table.row(
          List.of(
              use.entry().id(),
              use.entry().rule(),
              use.entry().owner(),
              AvroJson.instant(use.entry().expiresAt()).substring(0, 16) + "Z",
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
              : "the section \"Input\" of docs/replay.md lists the forms that are read");
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
            printPlace(
                out, flawed, "the section \"Flaws\" of docs/operations.md explains this flaw");
          }
        });
  }

  private static void printPlace(PrintStream out, Where where, String text) {
    String place =
        "first in %s:%d: %s"
            .formatted(
                Quoted.visible(String.valueOf(where.getFile())),
                where.getPosition(),
                Quoted.visible(text));
    out.println(WrappedText.fitted(Terminal.behind(out), " ".repeat(6), place));
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
