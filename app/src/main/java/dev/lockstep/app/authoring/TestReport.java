package dev.lockstep.app.authoring;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.sigma.document.DocumentFault;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Report of {@code rules test}, as text, and as JSON. */
public final class TestReport {
  private final int files;
  private final long seed;
  private final List<DocumentFault> faults;
  private final List<TestOutcome> outcomes;
  private final List<String> untested;

  /**
   * Creates the report of a test run from its faults and outcomes.
   *
   * @param faults faults for which documents were refused
   * @param untested files and lines of rules without a test
   */
  TestReport(
      int files,
      long seed,
      List<DocumentFault> faults,
      List<TestOutcome> outcomes,
      List<String> untested) {
    this.files = files;
    this.seed = seed;
    this.faults = List.copyOf(faults);
    this.outcomes = List.copyOf(outcomes);
    this.untested = List.copyOf(untested);
  }

  public boolean isGood() {
    return faults.isEmpty() && failed() == 0;
  }

  private long failed() {
    return outcomes.stream().filter(each -> !each.passed()).count();
  }

  List<DocumentFault> faults() {
    return faults;
  }

  List<TestOutcome> outcomes() {
    return outcomes;
  }

  /**
   * Prints a row for each test, the reasons of each failure, the faults of documents, the rules
   * without tests, and the counts.
   */
  public void print(PrintStream out) {
    print(out, Terminal.behind(out));
  }

  void print(PrintStream out, Terminal terminal) {
    if (!outcomes.isEmpty()) {
      TextTable table = new TextTable("Result", "Rule", "Test", "Seconds");
      for (TestOutcome each : outcomes) {
        table.row(
            List.of(
                each.passed() ? "passed" : "FAILED",
                each.rule(),
                each.name(),
                String.format(Locale.ROOT, "%.2f", each.seconds())));
      }
      table.print(out, terminal);
    }
    for (TestOutcome each : outcomes) {
      if (!each.passed()) {
        out.println();
        print(
            out,
            terminal,
            "FAILED  ",
            TextTable.shown("%s  %s: %s".formatted(each.at(), each.rule(), each.name()), 392));
        each.failures().forEach(line -> print(out, terminal, "  ", TextTable.shown(line, 1_000)));
      }
    }
    faults.forEach(fault -> print(out, terminal, "", TextTable.shown(fault.message(), 1_000)));
    untested.forEach(each -> print(out, terminal, "no tests  ", TextTable.shown(each, 390)));
    print(
        out,
        terminal,
        "",
        "%s in %s: %d failed, %s, %s without tests%s"
            .formatted(
                DisplayFormat.count(outcomes.size(), "test"),
                DisplayFormat.count(files, "file"),
                failed(),
                DisplayFormat.count(faults.size(), "fault"),
                DisplayFormat.count(untested.size(), "rule"),
                outcomes.isEmpty()
                    ? ""
                    : "; each test that could run also ran with its records shuffled with seed "
                        + seed));
  }

  private static void print(PrintStream out, Terminal terminal, String start, String text) {
    out.println(WrappedText.fitted(terminal, start, text));
  }

  public String json() {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeNumberField("files", files);
          json.writeNumberField("tests", outcomes.size());
          json.writeNumberField("failed", failed());
          json.writeNumberField("seed", seed);
          JsonText.writeObjects(
              json,
              "results",
              outcomes,
              each -> {
                json.writeStringField("rule", each.rule());
                json.writeStringField("test", each.name());
                json.writeStringField("file", each.at().file());
                json.writeNumberField("line", each.at().line());
                json.writeBooleanField("passed", each.passed());
                json.writeNumberField("seconds", each.seconds());
                JsonText.writeTexts(json, "failures", each.failures());
              });
          LintReport.writeRefused(json, faults);
          JsonText.writeTexts(json, "untested", untested);
          json.writeEndObject();
        });
  }
}
