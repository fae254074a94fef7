package dev.lockstep.app.authoring;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.rules.RuleCatalogue;
import dev.lockstep.app.rules.SigmaDocuments;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.Terminal;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.detections.sigma.SigmaLoader;
import dev.lockstep.detections.sigma.document.DocumentFault;
import dev.lockstep.detections.sigma.document.SourceLine;
import dev.lockstep.detections.sigma.field.SigmaFields;
import dev.lockstep.detections.sigma.lint.DocumentLint;
import dev.lockstep.detections.sigma.lint.LintedDocument;
import dev.lockstep.detections.sigma.lint.Warning;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lint report about files with Sigma documents: faults of refused documents, and warnings. */
public final class LintReport {
  private static final int MOST_FILE_CHARS = 300;
  private static final int MOST_MISTAKES = 10;
  private static final Set<Warning.Kind> MISTAKES =
      Set.of(Warning.Kind.UNKNOWN_FIELD, Warning.Kind.UNKNOWN_VALUE, Warning.Kind.NEVER_HOLDS);

  private final int files;
  private final List<String> skipped;
  private final List<DocumentFault> faults;
  private final List<LintedDocument> rules;

  public LintReport(SigmaDocuments files) {
    this.files = files.size();
    this.skipped = files.skipped();
    SigmaLoader.Result result = files.load();
    this.faults = new ArrayList<>(result.faults());
    faults.addAll(RuleCatalogue.clashes(result.set()));
    this.rules = examine(files);
  }

  private static List<LintedDocument> examine(SigmaDocuments files) {
    return new DocumentLint(SigmaFields.bundled())
        .examine(files.documents().values().stream().flatMap(List::stream).toList());
  }

  /**
   * Returns lines about mistakes in Sigma files that may keep a rule from finding anything, such as
   * a misspelt field. After the first 10 mistakes, a line has the number of further ones.
   */
  public static List<String> mistakes(SigmaDocuments files) {
    List<String> lines = new ArrayList<>();
    for (LintedDocument rule : examine(files)) {
      for (Warning warning : rule.warnings()) {
        if (MISTAKES.contains(warning.kind())) {
          lines.add(line(warning.at(), warning.what(), warning.fix()));
        }
      }
    }
    int others = lines.size() - MOST_MISTAKES;
    if (others <= 0) {
      return lines;
    }
    List<String> first = new ArrayList<>(lines.subList(0, MOST_MISTAKES));
    first.add(
        "%s; %s lists them"
            .formatted(
                DisplayFormat.count(others, "further mistake"), ShellCommand.call("rules lint")));
    return first;
  }

  /** Returns whether any file or document has a fault that keeps its rules from loading. */
  public boolean hasFaults() {
    return !faults.isEmpty();
  }

  /** Prints a table of the documents, then each fault and warning, then counts. */
  public void print(PrintStream out) {
    print(out, Terminal.behind(out));
  }

  void print(PrintStream out, Terminal terminal) {
    if (!rules.isEmpty()) {
      TextTable table = new TextTable("Document", "Kind", "Logs", "Found by", "Tests", "Title");
      for (LintedDocument rule : rules) {
        table.row(
            List.of(
                rule.document().header().at().toString(),
                rule.kind(),
                rule.logs(),
                rule.cost(),
                String.valueOf(rule.tests()),
                rule.document().header().title()));
      }
      table.print(out, terminal);
      out.println();
    }
    for (DocumentFault fault : faults) {
      out.println(
          WrappedText.fitted(terminal, "refused  ", line(fault.at(), fault.what(), fault.fix())));
    }
    List<String> warned = new ArrayList<>(skipped);
    for (LintedDocument rule : rules) {
      for (Warning warning : rule.warnings()) {
        warned.add(line(warning.at(), warning.what(), warning.fix()));
      }
    }
    warned.forEach(each -> out.println(WrappedText.fitted(terminal, "warning  ", each)));
    long refused = refusedFiles();
    out.printf(
        "%s: %s refused, %s%n",
        DisplayFormat.count(files, "file"),
        refused == 0 ? "none" : String.valueOf(refused),
        DisplayFormat.count(warned.size(), "warning"));
  }

  private long refusedFiles() {
    return faults.stream().map(fault -> fault.at().file()).distinct().count();
  }

  private static String line(SourceLine at, String what, String fix) {
    return "%s:%d %s; %s"
        .formatted(
            Quoted.excerpt(at.file(), MOST_FILE_CHARS),
            at.line(),
            Quoted.visible(what),
            Quoted.visible(fix));
  }

  public String json() {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeNumberField("files", files);
          json.writeNumberField("refusedFiles", refusedFiles());
          writeRefused(json, faults);
          JsonText.writeTexts(json, "skipped", skipped);
          JsonText.writeObjects(json, "documents", rules, rule -> write(json, rule));
          json.writeEndObject();
        });
  }

  static void writeRefused(JsonGenerator json, List<DocumentFault> faults) throws IOException {
    JsonText.writeObjects(
        json, "refused", faults, fault -> write(json, fault.at(), fault.what(), fault.fix()));
  }

  private static void write(JsonGenerator json, LintedDocument rule) throws IOException {
    json.writeStringField("file", rule.document().header().at().file());
    json.writeNumberField("line", rule.document().header().at().line());
    json.writeStringField("title", rule.document().header().title());
    json.writeStringField("kind", rule.kind());
    json.writeStringField("logs", rule.logs());
    json.writeStringField("foundBy", rule.cost());
    json.writeNumberField("tests", rule.tests());
    JsonText.writeObjects(
        json,
        "warnings",
        rule.warnings(),
        warning -> {
          json.writeStringField("kind", warning.kind().word());
          write(json, warning.at(), warning.what(), warning.fix());
        });
  }

  private static void write(JsonGenerator json, SourceLine at, String what, String fix)
      throws IOException {
    json.writeStringField("file", at.file());
    json.writeNumberField("line", at.line());
    json.writeStringField("what", what);
    json.writeStringField("fix", fix);
  }
}
