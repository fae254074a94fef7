package dev.lockstep.detections.sigma.lint;

import dev.lockstep.detections.sigma.document.CorrelationDocument;
import dev.lockstep.detections.sigma.document.DocumentReader;
import dev.lockstep.detections.sigma.document.FilterDocument;
import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.detections.sigma.document.Reference;
import dev.lockstep.detections.sigma.document.RuleDocument;
import dev.lockstep.detections.sigma.document.SigmaDocument;
import dev.lockstep.detections.sigma.match.Placeholders;
import dev.lockstep.schemas.text.Quoted;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Editor that fixes simple faults in the text of a file of Sigma documents. The faults are tabs,
 * dates with slashes, tags in capitals, and a missing id, status or date. Tabs are replaced only at
 * the start of a line, and only if the file cannot be read with them. A missing line break at the
 * end is added too.
 *
 * <p>If the fix would change the meaning of a document, the file stays as it is.
 */
public final class MechanicalFix {
  private static final String INDENT = "    ";
  private static final String ATTACK = "attack.";
  private static final int DATE_CHARS = 10;
  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final String TITLE = "title:";

  private final String file;
  private final Placeholders placeholders;
  private final LocalDate today;
  private final Supplier<UUID> ids;
  private final List<Change> changes = new ArrayList<>();

  /**
   * Creates an editor of one file of Sigma documents.
   *
   * @param file name of the file for messages
   * @param today date for documents without a date
   * @param ids source of ids for documents without an id
   */
  public MechanicalFix(
      String file, Placeholders placeholders, LocalDate today, Supplier<UUID> ids) {
    this.file = file;
    this.placeholders = placeholders;
    this.today = today;
    this.ids = ids;
  }

  /**
   * Change of a file by the fix: the line that was changed or added, and the change in words.
   *
   * @param line number of the line in the changed file, from 1
   */
  public record Change(long line, String what) {}

  /**
   * Text of a file after the fix, with the changes that the fix made.
   *
   * @param changes changes in the order of lines; none if the text is as before
   */
  public record Result(String text, List<Change> changes) {
    public Result {
      changes = List.copyOf(changes);
    }
  }

  /**
   * Returns the text of a file with its simple faults fixed. The text is unchanged if it cannot be
   * read, or if the fix would change the meaning of a document. The result lists the changes.
   */
  public Result fix(String text) {
    changes.clear();
    boolean hasCarriageReturns = text.contains("\r\n");
    String mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
    List<String> lines = new ArrayList<>(text.substring(mark.length()).lines().toList());
    List<SigmaDocument> before = read(text);
    if (before.isEmpty()) {
      untab(lines);
      before = read(String.join("\n", lines) + "\n");
    }
    List<SigmaDocument> known = before;
    known.forEach(document -> tags(document.header(), lines));
    known.forEach(document -> date(document.header(), lines));
    List<SigmaDocument> fromTheLast =
        known.stream()
            .sorted(
                Comparator.comparing((SigmaDocument one) -> one.header().at().line()).reversed())
            .toList();
    fromTheLast.forEach(document -> complete(document, lines));
    if (!text.endsWith("\n") && !lines.isEmpty()) {
      changes.add(new Change(lines.size(), "adds the missing line break at the end"));
    }
    String end = hasCarriageReturns ? "\r\n" : "\n";
    String fixed = mark + String.join(end, lines) + (lines.isEmpty() ? "" : end);
    boolean isSame = meaning(read(fixed)).equals(meaning(known));
    if (changes.isEmpty() || !isSame || known.isEmpty()) {
      return new Result(text, List.of());
    }
    changes.sort(Comparator.comparingLong(Change::line));
    return new Result(fixed, changes);
  }

  private List<SigmaDocument> read(String text) {
    DocumentReader.Reading reading =
        new DocumentReader(placeholders).read(file, text.getBytes(StandardCharsets.UTF_8));
    return reading.faults().isEmpty() ? reading.documents() : List.of();
  }

  private void untab(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int end = 0;
      while (end < line.length() && (line.charAt(end) == ' ' || line.charAt(end) == '\t')) {
        end++;
      }
      String indent = line.substring(0, end);
      if (indent.indexOf('\t') >= 0) {
        lines.set(i, indent.replace("\t", INDENT) + line.substring(end));
        changes.add(new Change(i + 1L, "replaces tabs with spaces"));
      }
    }
  }

  private void tags(Header header, List<String> lines) {
    for (Header.Tag tag : header.tags()) {
      String lower = tag.word().toLowerCase(Locale.ROOT);
      String fixed = lower.startsWith(ATTACK) ? lower.replace('_', '-') : lower;
      replace(lines, tag.at().line(), tag.word(), fixed);
    }
  }

  private void date(Header header, List<String> lines) {
    for (int i = (int) header.at().line() - 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (isBetweenDocuments(line)) {
        return;
      }
      for (String key : List.of("date:", "modified:")) {
        String value = line.startsWith(key) ? line.substring(key.length()).strip() : "";
        if (value.startsWith("'") || value.startsWith("\"")) {
          value = value.substring(1);
        }
        if (value.length() >= DATE_CHARS && value.charAt(4) == '/' && value.charAt(7) == '/') {
          String date = value.substring(0, DATE_CHARS);
          replace(lines, i + 1L, date, date.replace('/', '-'));
        }
      }
    }
  }

  private void replace(List<String> lines, long number, String before, String after) {
    int at = (int) number - 1;
    if (before.equals(after) || at < 0 || at >= lines.size() || !lines.get(at).contains(before)) {
      return;
    }
    lines.set(at, lines.get(at).replace(before, after));
    changes.add(
        new Change(number, "replaces %s with %s".formatted(Quoted.of(before), Quoted.of(after))));
  }

  private void complete(SigmaDocument document, List<String> lines) {
    Header header = document.header();
    int at = (int) header.at().line() - 1;
    while (at < lines.size()
        && !lines.get(at).startsWith(TITLE)
        && !isBetweenDocuments(lines.get(at))) {
      at++;
    }
    boolean isOneLine =
        at < lines.size()
            && lines.get(at).startsWith(TITLE)
            && !lines.get(at).substring(TITLE.length()).isBlank()
            && (at + 1 == lines.size() || !lines.get(at + 1).startsWith(" "));
    if (!isOneLine) {
      return;
    }
    List<String> added = new ArrayList<>();
    if (header.id() == null) {
      added.add("id: " + ids.get());
    }
    if (!(document instanceof FilterDocument)) {
      if (header.status().isEmpty()) {
        added.add("status: experimental");
      }
      if (header.version() <= 1) {
        added.add("date: " + today);
      }
    }
    List<String> own = ownLines(lines, at);
    added.removeIf(
        line ->
            own.stream().anyMatch(one -> one.startsWith(line.substring(0, line.indexOf(':') + 1))));
    lines.addAll(at + 1, added);
    int shift = added.size();
    int title = at + 1;
    changes.replaceAll(
        one -> one.line() > title ? new Change(one.line() + shift, one.what()) : one);
    for (int i = 0; i < shift; i++) {
      String remark =
          added.get(i).startsWith("id:") && !(document instanceof FilterDocument)
              ? "; from now on the findings of this rule have other ids"
              : "";
      changes.add(new Change(title + 1L + i, "adds " + Quoted.of(added.get(i)) + remark));
    }
  }

  private static boolean isBetweenDocuments(String line) {
    return line.startsWith("---") || line.startsWith("...");
  }

  private static List<String> ownLines(List<String> lines, int from) {
    int to = from;
    while (to < lines.size() && !isBetweenDocuments(lines.get(to))) {
      to++;
    }
    int first = from;
    while (first > 0 && !isBetweenDocuments(lines.get(first - 1))) {
      first--;
    }
    return lines.subList(first, to);
  }

  /** Returns the content of documents as text, without the attributes that a fix may change. */
  private static String meaning(List<SigmaDocument> documents) {
    StringBuilder meaning = new StringBuilder();
    for (SigmaDocument document : documents) {
      Header header = document.header();
      meaning
          .append("\n---\n")
          .append(header.title())
          .append(header.name())
          .append(header.level())
          .append(header.description())
          .append(header.falsePositives())
          .append(header.references())
          .append(header.shadow())
          .append(header.runbook())
          .append(header.tests().size());
      header
          .tests()
          .forEach(
              test ->
                  test.written()
                      .forEach(record -> meaning.append(record.copies()).append(record.text())));
      if (document instanceof RuleDocument rule) {
        meaning.append(rule.source()).append(rule.detection());
      } else if (document instanceof FilterDocument filter) {
        meaning
            .append(filter.source())
            .append(filter.any())
            .append(filter.rules().stream().map(Reference::word).toList())
            .append(filter.detection());
      } else if (document instanceof CorrelationDocument correlation) {
        meaning
            .append(correlation.type())
            .append(correlation.rules().stream().map(Reference::word).toList())
            .append(correlation.groupBy())
            .append(correlation.timespan())
            .append(correlation.thresholds())
            .append(correlation.expression())
            .append(correlation.fields())
            .append(correlation.percentile())
            .append(correlation.aliases())
            .append(correlation.generate());
      }
    }
    return meaning.toString();
  }
}
