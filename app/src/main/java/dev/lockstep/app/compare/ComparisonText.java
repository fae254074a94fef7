package dev.lockstep.app.compare;

import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.explain.BriefRetraction;
import dev.lockstep.app.explain.GoneReason;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Printer of a comparison as text for people: a table of counts, then each difference by rule. */
public final class ComparisonText {
  private static final int LABEL_WIDTH = 10;

  private final PrintStream out;
  private final WrappedText lines;
  private final long most;
  private String rule = "";
  private long printed;

  public ComparisonText(PrintStream out, int width) {
    this(out, width, Long.MAX_VALUE);
  }

  /**
   * @param most largest number of differences that are printed
   */
  ComparisonText(PrintStream out, int width, long most) {
    this.out = out;
    this.most = most;
    this.lines = new WrappedText(out, width);
  }

  /**
   * Prints a comparison.
   *
   * @param before name of the first run
   * @param after name of the second run
   * @param decisions reasons why findings are gone, by the id of the finding; empty if nothing was
   *     replayed
   */
  public void print(
      Comparison comparison, String before, String after, Map<String, GoneReason> decisions) {
    print(comparison, before, after, decisions, id -> true);
  }

  /**
   * Prints a comparison, and lists the differences only of the rules that {@code isListed} accepts.
   *
   * @param isListed whether the differences of a rule are listed; all are counted
   */
  void print(
      Comparison comparison,
      String before,
      String after,
      Map<String, GoneReason> decisions,
      Predicate<String> isListed) {
    lines.text(
        0,
        "%s has %s, %s has %s."
            .formatted(
                before,
                DisplayFormat.count(comparison.findingsBefore(), "finding"),
                after,
                DisplayFormat.count(comparison.findingsAfter(), "finding")));
    if (!comparison.differs()) {
      lines.text(0, "The findings do not differ.");
      return;
    }
    TextTable table = new TextTable("Rule", "Appeared", "Gone", "Changed", "Same");
    comparison
        .counts()
        .forEach(
            (id, counts) -> {
              List<String> row = new ArrayList<>(List.of(id));
              for (Difference.Kind kind : Difference.Kind.values()) {
                row.add(DisplayFormat.number(counts.getOrDefault(kind, 0L)));
              }
              table.row(row);
            });
    lines.blank();
    table.print(out);
    boolean replayed = !decisions.isEmpty();
    comparison.forEach(
        difference -> {
          if (isListed.test(difference.either().rule()) && printed++ < most) {
            print(
                difference,
                replayed && difference.kind() == Difference.Kind.GONE
                    ? decisions.getOrDefault(difference.either().id(), GoneReason.NOT_EXAMINED)
                    : null);
          }
        });
    if (printed > most) {
      lines.blank();
      lines.text(
          0, "and %s more; --json lists all.".formatted(DisplayFormat.number(printed - most)));
    }
  }

  private void print(Difference difference, @Nullable GoneReason decision) {
    ComparedDetection finding = difference.either();
    if (!finding.rule().equals(rule)) {
      rule = finding.rule();
      lines.heading(rule);
    }
    lines.labelled(
        2,
        difference.kind().word(),
        LABEL_WIDTH,
        "%s, %s: %s"
            .formatted(finding.severity(), finding.day(), TextTable.shown(finding.title())));
    if (decision != null) {
      String now =
          decision.outcome().equals("withdrawn")
              ? BriefRetraction.of(decision.text())
              : decision.text();
      lines.labelled(2, "", LABEL_WIDTH, "now: " + now);
    }
    lines.labelled(
        2,
        "",
        LABEL_WIDTH,
        "%s; %s; id %s"
            .formatted(
                String.join(", ", changes(difference)),
                TextTable.shown(finding.subject()),
                finding.id()));
  }

  private static List<String> changes(Difference difference) {
    ComparedDetection before = difference.before();
    ComparedDetection after = difference.after();
    if (before == null || after == null) {
      ComparedDetection one = difference.either();
      return List.of(
          one.reason()
              + ", count "
              + DisplayFormat.number(one.count())
              + (one.shadow() ? ", in shadow" : ""));
    }
    List<String> changes = new ArrayList<>();
    if (before.severity() != after.severity()) {
      changes.add("severity %s -> %s".formatted(before.severity(), after.severity()));
    }
    if (!before.reason().equals(after.reason())) {
      changes.add("reason %s -> %s".formatted(before.reason(), after.reason()));
    }
    if (before.count() != after.count()) {
      changes.add(
          "count %s -> %s"
              .formatted(
                  DisplayFormat.number(before.count()), DisplayFormat.number(after.count())));
    }
    if (before.shadow() != after.shadow()) {
      changes.add(after.shadow() ? "now in shadow" : "no longer in shadow");
    }
    return changes;
  }
}
