package dev.lockstep.app.tune;

import dev.lockstep.app.accept.DetectionSummary;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.DetectionFile;
import dev.lockstep.app.detection.FindingRate;
import dev.lockstep.app.rules.ConfiguredRule;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.enrichment.exception.ExceptionEntry;
import dev.lockstep.enrichment.exception.Exceptions;
import dev.lockstep.rules.RuleInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Report about a rule in shadow, for the decision whether its findings are to be sent. It counts
 * findings that would have been sent, that exceptions would have held back, that alerts of
 * Microsoft Defender confirm, and that analysts closed.
 */
public final class Promotion {
  private static final int LABEL_WIDTH = 14;
  private static final int MOST_SHOWN = 3;

  private final ConfiguredRule rule;
  private final String file;
  private final String shadowAt;
  private final Map<String, Found> found = new HashMap<>();
  private final List<ComparedDetection> sent = new ArrayList<>();
  private final List<ComparedDetection> confirmed = new ArrayList<>();
  private final Map<String, Long> excepted = new TreeMap<>();
  private final Map<Classification, Long> closed = new EnumMap<>(Classification.class);
  private long heldBack;
  private long outweighed;
  private long withdrawn;
  private long rows;
  private long inShadow;
  private long from = Long.MAX_VALUE;
  private long to = Long.MIN_VALUE;

  /**
   * Finding of the rule in shadow, with the summary that decides whether an exception covers it.
   */
  private record Found(ComparedDetection written, DetectionSummary summary) {}

  /**
   * Creates a report about a rule from the findings in a file.
   *
   * @param file detections, one a line as JSON; those of other rules only determine the period
   * @param exceptions present exceptions
   * @param folder folder of the configuration, from which the paths of Sigma files start
   */
  public Promotion(ConfiguredRule rule, String file, Exceptions exceptions, Path folder) {
    this.rule = rule;
    this.file = file;
    this.shadowAt = rule.shadowAt(folder);
    ClosedFindingsFile.Reading closings = new ClosedFindingsFile.Reading(null);
    new DetectionFile(file, true)
        .forEachLine(
            (line, number) -> {
              ComparedDetection written = ComparedDetection.parse(line, false);
              from = Math.min(from, written.startAt());
              to = Math.max(to, written.endAt());
              DetectionSummary summary =
                  written.rule().equals(rule.id())
                      ? DetectionSummary.parse(line, any -> rule.info().firesByPairs())
                      : null;
              if (summary != null) {
                found.merge(
                    written.id(),
                    new Found(written, summary),
                    (known, other) ->
                        other.written().revision() >= known.written().revision() ? other : known);
              }
              closings.take(line);
            });
    Map<String, Classification> byId = closings.all().byId();
    found.values().forEach(one -> add(one, exceptions, byId.get(one.written().id())));
  }

  private void add(Found one, Exceptions exceptions, @Nullable Classification closing) {
    ComparedDetection finding = one.written();
    if (finding.isWithdrawn()) {
      withdrawn++;
      return;
    }
    inShadow += finding.shadow() ? 1 : 0;
    if (closing != null) {
      closed.merge(closing, 1L, Long::sum);
    }
    boolean isExcepted = false;
    for (ExceptionEntry entry : exceptions.of(RuleInfo.ruleOf(rule.id()))) {
      if (one.summary().isCoveredBy(entry)) {
        isExcepted = true;
        excepted.merge(entry.id(), 1L, Long::sum);
      }
    }
    if (one.summary().corroborated()) {
      confirmed.add(finding);
      outweighed += isExcepted ? 1 : 0;
    } else if (isExcepted) {
      heldBack++;
      return;
    }
    sent.add(finding);
    rows += finding.revision();
  }

  private FindingRate rate() {
    return new FindingRate(sent, found.isEmpty() ? 0 : from, found.isEmpty() ? 0 : to);
  }

  public void print(WrappedText lines) {
    lines.text(
        0,
        "%s: %s; %s in %s."
            .formatted(
                rule.id(),
                rule.info().title(),
                DisplayFormat.count(found.size(), "finding"),
                TextTable.shown(file)));
    if (found.isEmpty()) {
      lines.text(
          0,
          "The rule has no findings in this file; replay a longer capture before you promote"
              + " the rule.");
      return;
    }
    if (inShadow < found.size() - withdrawn) {
      lines.text(
          0,
          DisplayFormat.count(found.size() - withdrawn - inShadow, "finding")
              + (found.size() - withdrawn - inShadow == 1 ? " is" : " are")
              + " not in shadow. A running service sends such findings, and a replay sends none."
              + " The numbers below count them too.");
    }
    lines.heading("SENT WITHOUT SHADOW");
    rate().print(lines);
    lines.labelled(
        2,
        "period",
        12,
        "the days from the first to the last finding of any rule in this file; a replay counts the"
            + " days of all records instead");
    if (!sent.isEmpty()) {
      lines.labelled(
          2, "rows", 12, DisplayFormat.number(rows) + ", one for each revision of a finding");
    }
    lines.heading("WHAT OTHERS SAY OF THE FINDINGS");
    lines.labelled(2, "Defender", LABEL_WIDTH, confirmed());
    lines.labelled(2, "exceptions", LABEL_WIDTH, exceptions());
    if (!closed.isEmpty()) {
      lines.labelled(
          2,
          "analysts",
          LABEL_WIDTH,
          closed.entrySet().stream()
              .map(each -> "%d %s".formatted(each.getValue(), words(each.getKey())))
              .collect(Collectors.joining(", ")));
    }
    if (withdrawn > 0) {
      lines.labelled(2, "retracted", LABEL_WIDTH, DisplayFormat.number(withdrawn));
    }
    lines.heading("TO PROMOTE IT");
    lines.text(0, next());
  }

  private static String words(Classification closing) {
    return closing.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private String confirmed() {
    return confirmed.isEmpty()
        ? "confirms none"
        : "confirms %d, such as %s"
            .formatted(
                confirmed.size(),
                confirmed.stream()
                    .limit(MOST_SHOWN)
                    .map(ComparedDetection::id)
                    .collect(Collectors.joining(", ")));
  }

  private String exceptions() {
    if (excepted.isEmpty()) {
      return "hold back none";
    }
    return "hold back %d (%s)%s"
        .formatted(
            heldBack,
            excepted.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", ")),
            outweighed == 0 ? "" : "; %d outweighed by Defender".formatted(outweighed));
  }

  private String next() {
    if (!rule.settings().isShadow()) {
      return "The rule is not in shadow; its findings are sent.";
    }
    String how =
        rule.candidate().isEmpty()
            ? "Remove shadow at " + shadowAt
            : "A candidate is always in shadow: write its settings below the key rules."
                + RuleInfo.ruleOf(rule.id())
                + ", remove the candidate";
    return how + ", and load the rules again. Findings from before that are not sent later.";
  }

  public String json() {
    return JsonText.of(
        json -> {
          json.writeStartObject();
          json.writeStringField("rule", rule.id());
          json.writeBooleanField("shadow", rule.settings().isShadow());
          json.writeStringField("shadowAt", shadowAt);
          json.writeNumberField("found", found.size());
          json.writeNumberField("withdrawn", withdrawn);
          json.writeNumberField("inShadow", inShadow);
          json.writeObjectFieldStart("sent");
          rate().write(json);
          json.writeNumberField("rows", rows);
          json.writeEndObject();
          JsonText.writeTexts(
              json, "confirmed", confirmed.stream().map(ComparedDetection::id).toList());
          json.writeNumberField("heldBack", heldBack);
          json.writeNumberField("outweighed", outweighed);
          JsonText.writeCounts(json, "exceptions", excepted);
          Map<String, Long> words = new TreeMap<>();
          closed.forEach((closing, number) -> words.put(words(closing), number));
          JsonText.writeCounts(json, "closed", words);
          json.writeEndObject();
        });
  }
}
