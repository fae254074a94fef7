package dev.lockstep.app.detection;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.JsonText;
import dev.lockstep.app.terminal.TextTable;
import dev.lockstep.app.terminal.WrappedText;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Frequency of the findings of a period: their number by UTC day and by subject, and the earliest
 * of them as examples.
 */
public final class FindingRate {
  private static final int MOST_SUBJECTS = 10;
  private static final int FIRST = 3;
  private static final int LABEL_WIDTH = 12;
  private static final int WIDTH_FOR_IDS = 100;
  private static final long DAY_MILLIS = 86_400_000L;
  private static final char NO_BREAK = '\u00a0';

  private final List<ComparedDetection> findings;
  private final long daysOfPeriod;
  private final Map<LocalDate, Long> days = new TreeMap<>();
  private final Map<String, Long> subjects = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();

  /**
   * Counts the findings of a period, by day and by subject.
   *
   * @param findings findings that are not retracted
   * @param from any time on the first UTC day of the period, in milliseconds since 1970
   * @param to any time on the last UTC day of the period
   */
  public FindingRate(Collection<ComparedDetection> findings, long from, long to) {
    this(findings, from, to, new PrincipalNames());
  }

  /**
   * Counts the findings of a period, by day and by subject.
   *
   * @param findings findings that are not retracted
   * @param from any time on the first UTC day of the period, in milliseconds since 1970
   * @param to any time on the last UTC day of the period
   * @param known names of principals, for findings that have only the id
   */
  public FindingRate(
      Collection<ComparedDetection> findings, long from, long to, PrincipalNames known) {
    this.findings =
        findings.stream()
            .sorted(
                Comparator.comparingLong(ComparedDetection::startAt)
                    .thenComparing(ComparedDetection::id))
            .toList();
    this.daysOfPeriod = Math.max(0, ChronoUnit.DAYS.between(day(from), day(to))) + 1;
    for (ComparedDetection finding : findings) {
      days.merge(finding.day(), 1L, Long::sum);
      subjects.merge(finding.subjectId(), 1L, Long::sum);
      String id = finding.subjectId();
      String name =
          finding.subject().equals(id) && isOfPrincipal(finding)
              ? known.nameOf(id)
              : finding.subject();
      if (!name.equals(id)) {
        names.put(id, name);
      }
    }
  }

  private static boolean isOfPrincipal(ComparedDetection finding) {
    Principal principal = finding.principal();
    return principal != null && principal.getId().equals(finding.subjectId());
  }

  private static LocalDate day(long millis) {
    return LocalDate.ofEpochDay(Math.floorDiv(millis, DAY_MILLIS));
  }

  public boolean isZero() {
    return findings.isEmpty();
  }

  double perDay() {
    return (double) findings.size() / daysOfPeriod;
  }

  /** Returns the subjects with the most findings, each with its count, the highest count first. */
  public static List<Map.Entry<String, Long>> busiest(Map<String, Long> subjects) {
    return subjects.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
        .limit(MOST_SUBJECTS)
        .toList();
  }

  private String name(String id) {
    return names.getOrDefault(id, id);
  }

  private String name(ComparedDetection finding) {
    return finding.subject().equals(finding.subjectId())
        ? name(finding.subjectId())
        : finding.subject();
  }

  private String idBehind(String id) {
    return names.containsKey(id) ? NO_BREAK + "(" + TextTable.shown(id) + ")" : "";
  }

  /**
   * Returns the frequency in words, such as {@code 12 on 5 of 26 days, 0.46 a day; most on
   * 2026-11-19: 4}.
   */
  public String words() {
    String period = DisplayFormat.count(daysOfPeriod, "day");
    Map.Entry<LocalDate, Long> most =
        days.entrySet().stream().max(Map.Entry.comparingByValue()).orElse(null);
    return most == null
        ? "none in " + period
        : String.format(
            Locale.ROOT,
            "%,d on %d of %s, %.2f a day; most on %s: %,d",
            findings.size(),
            days.size(),
            period,
            perDay(),
            most.getKey(),
            most.getValue());
  }

  public void print(WrappedText lines) {
    lines.labelled(2, "findings", LABEL_WIDTH, words());
    if (findings.isEmpty()) {
      return;
    }
    List<Map.Entry<String, Long>> busiest = busiest(subjects);
    int others = subjects.size() - busiest.size();
    lines.labelled(
        2,
        "subjects",
        LABEL_WIDTH,
        busiest.stream()
                .map(
                    one ->
                        TextTable.shown(name(one.getKey()))
                            + (lines.width() < WIDTH_FOR_IDS ? "" : idBehind(one.getKey()))
                            + NO_BREAK
                            + DisplayFormat.number(one.getValue()))
                .collect(Collectors.joining(", "))
            + (others == 0 ? "" : String.format(Locale.ROOT, ", and %,d more", others)));
    for (int i = 0; i < Math.min(FIRST, findings.size()); i++) {
      ComparedDetection finding = findings.get(i);
      lines.labelled(
          2,
          i == 0 ? "first" : "",
          LABEL_WIDTH,
          "%s, %s: %s; %s; count %d%s; id %s"
              .formatted(
                  DisplayFormat.datedSpan(finding.startAt(), finding.endAt()),
                  finding.severity(),
                  TextTable.shown(finding.title()),
                  TextTable.shown(name(finding)),
                  finding.count(),
                  finding.shadow() ? "; in shadow" : "",
                  finding.id()));
    }
  }

  /**
   * Writes the frequency, the busiest subjects and the first findings as fields of the open JSON
   * object.
   */
  public void write(JsonGenerator json) throws IOException {
    json.writeNumberField("findings", findings.size());
    json.writeNumberField("daysOfPeriod", daysOfPeriod);
    json.writeNumberField("perDay", perDay());
    json.writeObjectFieldStart("days");
    for (Map.Entry<LocalDate, Long> day : days.entrySet()) {
      json.writeNumberField(day.getKey().toString(), day.getValue());
    }
    json.writeEndObject();
    write(json, subjects, this::name);
    JsonText.writeObjects(
        json,
        "first",
        findings.subList(0, Math.min(FIRST, findings.size())),
        finding -> {
          json.writeStringField("id", finding.id());
          json.writeStringField("title", finding.title());
          json.writeStringField("severity", finding.severity().name());
          json.writeStringField("subject", name(finding));
          json.writeNumberField("count", finding.count());
          json.writeStringField("startTime", AvroJson.instant(finding.startAt()));
          json.writeStringField("endTime", AvroJson.instant(finding.endAt()));
        });
  }

  /** Writes the number of subjects, and the busiest of them, as fields of the open JSON object. */
  public static void write(
      JsonGenerator json, Map<String, Long> subjects, UnaryOperator<String> name)
      throws IOException {
    json.writeNumberField("subjects", subjects.size());
    JsonText.writeObjects(
        json,
        "busiest",
        busiest(subjects),
        subject -> {
          json.writeStringField("subject", name.apply(subject.getKey()));
          json.writeStringField("id", subject.getKey());
          json.writeNumberField("findings", subject.getValue());
        });
  }
}
