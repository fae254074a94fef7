package dev.lockstep.app.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Part of a finding that is promised, whatever the order of arrival.
 *
 * @param correlationId id of the incident; empty if there is none
 */
public record Verdict(
    String id, String rule, String reason, String severity, int count, String correlationId)
    implements Comparable<Verdict> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Who waits for rows asks for all of them again and again; each is read once. */
  private static final Map<String, Verdict> OF_ROWS = new ConcurrentHashMap<>();

  private static final Comparator<Verdict> ORDER =
      Comparator.comparing(Verdict::id)
          .thenComparing(Verdict::rule)
          .thenComparing(Verdict::reason)
          .thenComparing(Verdict::severity)
          .thenComparingInt(Verdict::count)
          .thenComparing(Verdict::correlationId);

  public static Verdict of(Detection detection) {
    return new Verdict(
        detection.getId(),
        detection.getRule(),
        detection.getReason(),
        detection.getSeverity().name(),
        detection.getCount(),
        Objects.requireNonNullElse(detection.getCorrelationId(), ""));
  }

  /** Returns the verdict without its incident, which other findings decide. */
  public Verdict alone() {
    return new Verdict(id, rule, reason, severity, count, "");
  }

  /** Reads a row as Sentinel takes it. */
  public static Verdict ofRow(JsonNode row) {
    return new Verdict(
        row.path("DetectionId").asText(),
        row.path("Rule").asText(),
        row.path("Reason").asText(),
        row.path("Severity").asText(),
        row.path("Count").asInt(),
        row.path("CorrelationId").asText(""));
  }

  public static SortedSet<Verdict> of(Collection<Detection> detections) {
    SortedSet<Verdict> verdicts = new TreeSet<>();
    detections.forEach(detection -> verdicts.add(of(detection)));
    return verdicts;
  }

  /** Returns the verdicts of those that are not withdrawn. */
  public static SortedSet<Verdict> active(Collection<Detection> detections) {
    SortedSet<Verdict> verdicts = of(detections);
    verdicts.removeIf(verdict -> !verdict.stands());
    return verdicts;
  }

  /** Returns what of the rows that were delivered is not withdrawn. */
  public static SortedSet<Verdict> delivered(FakeLogsIngestionApi sentinel)
      throws JsonProcessingException {
    SortedSet<Verdict> delivered = new TreeSet<>();
    for (FakeLogsIngestionApi.Row row : sentinel.latest().values()) {
      Verdict verdict = OF_ROWS.get(row.json());
      if (verdict == null) {
        verdict = ofRow(JSON.readTree(row.json()));
        OF_ROWS.put(row.json(), verdict);
      }
      delivered.add(verdict);
    }
    delivered.removeIf(verdict -> !verdict.stands());
    return delivered;
  }

  /** Returns what is missing and what is too much; empty if the two are equal. */
  public static List<String> differences(SortedSet<Verdict> expected, SortedSet<Verdict> given) {
    List<String> differences = new ArrayList<>();
    for (Verdict verdict : expected) {
      if (!given.contains(verdict)) {
        differences.add("missing " + verdict);
      }
    }
    for (Verdict verdict : given) {
      if (!expected.contains(verdict)) {
        differences.add("too much " + verdict);
      }
    }
    return differences;
  }

  public boolean stands() {
    return !reason.equals("withdrawn");
  }

  @Override
  public int compareTo(Verdict other) {
    return ORDER.compare(this, other);
  }
}
