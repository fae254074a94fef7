package dev.lockstep.app.tune;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.ShellCommand;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.ingest.outcome.IngestCounts;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Report about the tuning of a rule, for people and as JSON. */
public final class TuningReport {
  private static final int MOST_SHOWN = 5;

  /**
   * Largest number of characters that the report shows of a proposal's description. The YAML lines
   * of the proposal have all values.
   */
  private static final int MOST_WORDS_CHARS = 200;

  private static final int MOST_LINE_CHARS = 400;

  private final Tuning tuning;
  private final String from;
  private final @Nullable IngestCounts counts;
  private final String kind;

  /**
   * @param counts counts of the captured logs, or null if the file alone was read
   */
  TuningReport(Tuning tuning, String from, @Nullable IngestCounts counts, boolean isSigma) {
    this.tuning = tuning;
    this.from = from;
    this.counts = counts;
    this.kind = isSigma ? "filter" : "exception";
  }

  /** Returns the number of records that could not be read. It is 0 if no logs were read. */
  public long rejected() {
    return counts == null ? 0 : counts.total().rejected();
  }

  /**
   * Prints counts, the proposed and the refused filters or exceptions, and the findings that no
   * proposal removes. The counts are of the rule's findings.
   */
  public void print(PrintStream out, int width) {
    WrappedText lines = new WrappedText(out, width);
    lines.text(
        0,
        "%s: %s; closed in %s: %d as false, %d as true."
            .formatted(
                tuning.rule(),
                DisplayFormat.count(tuning.findings(), "finding"),
                TextTable.shown(from),
                tuning.falses().size(),
                tuning.trues()));
    if (counts == null) {
      lines.text(
          0,
          "The removed findings are estimated from the events that findings show; for exact"
              + " results, give captured logs as the argument PATH.");
    }
    if (!tuning.unknown().isEmpty()) {
      lines.text(
          0,
          "%s of that file %s, and could not be compared: %s."
              .formatted(
                  DisplayFormat.count(tuning.unknown().size(), "finding"),
                  notCompared(tuning.unknown().size() == 1),
                  ids(tuning.unknown())));
    }
    int number = 0;
    for (Tuning.Proposal proposal : tuning.proposals()) {
      lines.heading(
          "%s %d: %s"
              .formatted(
                  kind.toUpperCase(Locale.ROOT),
                  ++number,
                  TextTable.shown(proposal.words(), MOST_WORDS_CHARS)));
      lines.text(
          2,
          "Removes %d of the %d closed as false."
              .formatted(proposal.removes().size(), tuning.falses().size()));
      findings(lines, "Would also have removed", proposal.others());
      if (proposal.removes().size() + proposal.others().size() == tuning.findings()) {
        lines.text(
            2,
            "No finding of the rule would be left: make the %s narrower, change the rule, or set enabled: false for it."
                .formatted(kind));
      }
      ExceptionEntry replaced = proposal.replaced();
      if (replaced != null) {
        lines.text(
            2,
            "Remove the exception %s, which is about the same findings and whose expiry is %s: the configuration refuses two exceptions about the same findings."
                .formatted(
                    TextTable.shown(replaced.id()), Instant.ofEpochMilli(replaced.expiresAt())));
      }
      out.println();
      String before = kind.equals("filter") ? "    " : "    - ";
      for (String line : proposal.lines()) {
        out.println(before + TextTable.shown(line, MOST_LINE_CHARS));
        before = " ".repeat(before.length());
      }
    }
    if (!tuning.refused().isEmpty()) {
      lines.heading("REFUSED: each %s that would hide a finding closed as true".formatted(kind));
      for (Tuning.Refused refused : tuning.refused()) {
        lines.text(2, TextTable.shown(refused.words(), MOST_WORDS_CHARS));
        for (ComparedDetection hidden : refused.hides().stream().limit(MOST_SHOWN).toList()) {
          lines.text(4, "hides " + words(hidden));
        }
      }
    }
    if (tuning.untried() > 0) {
      lines.blank();
      lines.text(
          0,
          "%s not tried, to save time; use some of the proposals, and run this command again with new findings."
              .formatted(
                  tuning.untried() == 1
                      ? "1 more %s was".formatted(kind)
                      : "%,d more %ss were".formatted(tuning.untried(), kind)));
    }
    if (!tuning.left().isEmpty()) {
      lines.heading("LEFT: findings that no proposed %s removes".formatted(kind));
      lines.first(MOST_SHOWN, tuning.left(), 2, " more", each -> lines.text(2, words(each)));
    }
    if (!tuning.proposals().isEmpty()) {
      lines.blank();
      lines.text(
          0,
          kind.equals("filter")
              ? "To use one of the filters, save it in a folder of rules.directories as a file that"
                  + " ends in .yml; "
                  + ShellCommand.call("replay --rule FILE")
                  + " shows its effect first."
              : "To use one of the exceptions, write its lines below the key exceptions in a file"
                  + " of the exceptions folder.");
    }
  }

  private String notCompared(boolean isOne) {
    if (counts == null) { // a file of detections lacks only findings that were retracted
      return isOne ? "was retracted" : "were retracted";
    }
    return (isOne ? "is no finding" : "are no findings") + " of this rule in the replayed logs";
  }

  private static void findings(WrappedText lines, String what, List<ComparedDetection> findings) {
    if (findings.isEmpty()) {
      lines.text(2, what + " no other finding.");
      return;
    }
    lines.text(2, what + " " + DisplayFormat.count(findings.size(), "other finding") + ":");
    lines.first(MOST_SHOWN, findings, 4, " more", each -> lines.text(4, words(each)));
  }

  private static String words(ComparedDetection finding) {
    return "%s, %s, %s: %s; %s"
        .formatted(
            finding.id(),
            finding.day(),
            finding.severity(),
            TextTable.shown(finding.title()),
            TextTable.shown(finding.subject()));
  }

  private static String ids(List<String> ids) {
    String shown =
        ids.stream().limit(MOST_SHOWN).map(TextTable::shown).collect(Collectors.joining(", "));
    return ids.size() <= MOST_SHOWN ? shown : shown + ", ...";
  }

  public String json() {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeStringField("rule", tuning.rule());
          json.writeStringField("kind", kind);
          json.writeBooleanField("exact", counts != null);
          json.writeNumberField("findings", tuning.findings());
          json.writeNumberField("closedTrue", tuning.trues());
          ids(json, "closedFalse", tuning.falses());
          JsonText.writeTexts(json, "unknown", tuning.unknown());
          JsonText.writeObjects(
              json,
              "proposals",
              tuning.proposals(),
              proposal -> {
                json.writeStringField("compares", proposal.words());
                JsonText.writeTexts(json, "lines", proposal.lines());
                ids(json, "removes", proposal.removes());
                ids(json, "alsoRemoves", proposal.others());
                if (proposal.replaced() != null) {
                  json.writeStringField("replaces", proposal.replaced().id());
                }
              });
          JsonText.writeObjects(
              json,
              "refused",
              tuning.refused(),
              refused -> {
                json.writeStringField("compares", refused.words());
                ids(json, "hides", refused.hides());
              });
          json.writeNumberField("untried", tuning.untried());
          ids(json, "left", tuning.left());
          json.writeEndObject();
        });
  }

  private static void ids(JsonGenerator json, String name, List<ComparedDetection> findings)
      throws IOException {
    JsonText.writeTexts(json, name, findings.stream().map(ComparedDetection::id).toList());
  }
}
