package dev.lockstep.app.replay;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.detection.ComparedDetection;
import dev.lockstep.app.detection.FindingRate;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.schemas.Detection;
import java.io.IOException;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Counter of the findings of each rule by reason, by subject and by day, which prints the numbers
 * or writes them as JSON.
 */
final class FindingTotals {
  private static final int WIDTH = 100;
  private static final int LABEL_WIDTH = 12;
  private static final char NO_BREAK = '\u00a0';

  private final Map<String, OfRule> rules = new TreeMap<>();

  private static final class OfRule {
    private final Map<String, Long> reasons = new TreeMap<>();
    private final Map<String, Long> subjects = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private final Map<LocalDate, Long> days = new TreeMap<>();

    void add(ComparedDetection finding) {
      reasons.merge(finding.reason(), 1L, Long::sum);
      subjects.merge(finding.subjectId(), 1L, Long::sum);
      if (!finding.subject().equals(finding.subjectId())) {
        names.put(finding.subjectId(), finding.subject());
      }
      days.merge(finding.day(), 1L, Long::sum);
    }

    String name(String id) {
      return names.getOrDefault(id, id);
    }
  }

  FindingTotals(List<Detection> detections) {
    for (Detection detection : detections) {
      ComparedDetection finding = ComparedDetection.of(detection);
      rules.computeIfAbsent(finding.rule(), rule -> new OfRule()).add(finding);
    }
  }

  void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("findings");
    for (Map.Entry<String, OfRule> rule : rules.entrySet()) {
      OfRule of = rule.getValue();
      json.writeObjectFieldStart(rule.getKey());
      JsonText.writeCounts(json, "reasons", of.reasons);
      FindingRate.write(json, of.subjects, of::name);
      json.writeObjectFieldStart("days");
      for (Map.Entry<LocalDate, Long> day : of.days.entrySet()) {
        json.writeNumberField(day.getKey().toString(), day.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /**
   * Prints the totals.
   *
   * @param width width of the terminal in characters, or 0 if there is none
   */
  void print(PrintStream out, int width) {
    if (rules.isEmpty()) {
      return;
    }
    WrappedText lines = new WrappedText(out, width == 0 ? WIDTH : Math.min(width, WIDTH));
    lines.heading("Findings by reason, subject and day");
    rules.forEach(
        (rule, of) -> {
          lines.text(0, rule);
          lines.labelled(
              2, "reasons", LABEL_WIDTH, counted(of.reasons.entrySet(), reason -> reason));
          List<Map.Entry<String, Long>> busiest = FindingRate.busiest(of.subjects);
          int others = of.subjects.size() - busiest.size();
          lines.labelled(
              2,
              "subjects",
              LABEL_WIDTH,
              counted(busiest, of::name)
                  + (others == 0 ? "" : ", and " + DisplayFormat.number(others) + " more"));
          lines.labelled(2, "days", LABEL_WIDTH, counted(of.days.entrySet(), LocalDate::toString));
        });
  }

  private static <T> String counted(
      Collection<Map.Entry<T, Long>> entries, Function<T, String> shown) {
    return entries.stream()
        .map(
            entry ->
                shown.apply(entry.getKey()) + NO_BREAK + DisplayFormat.number(entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
