package dev.lockstep.capture.month;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Filter that leaves out the detections that a simulated operator's exceptions would hold back. The
 * operator adds an exception for each visible detection on the next day. An exception is an entry
 * in a file of the operator by which findings of a kind are held back. The filter reads the output
 * of {@code lockstep accept}, which names, for each detection, the other detections that an
 * exception for it would have held back.
 */
final class AcceptedDetections {
  /** First day whose detections get exceptions. Days of the month are counted from 1. */
  static final int FIRST = FalseAlarms.WEEK_DAYS + 1;

  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, Set<String>> hides = new HashMap<>();

  /** Detection with the day on which it ends. */
  private record Found(String id, int day, String line) {}

  private AcceptedDetections() {}

  /** Reads the output of {@code lockstep accept --json}. */
  static AcceptedDetections read(Path file) throws IOException {
    AcceptedDetections accepted = new AcceptedDetections();
    try (JsonParser parser = JSON.createParser(file.toFile())) {
      String id = "";
      String array = "";
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_ARRAY) {
          array = String.valueOf(parser.currentName());
        } else if (token == JsonToken.END_ARRAY) {
          array = "";
        } else if (token == JsonToken.VALUE_STRING && array.equals("alsoHides")) {
          accepted.hides.computeIfAbsent(id, none -> new HashSet<>()).add(parser.getText());
        } else if (token == JsonToken.VALUE_STRING && "id".equals(parser.currentName())) {
          id = parser.getText();
        }
      }
    }
    return accepted;
  }

  /**
   * Returns the detections that remain if an operator adds an exception for each remaining
   * detection on the day after that detection. Detections before day 8 get no exception.
   */
  List<String> remaining(List<String> lines) throws IOException {
    List<Found> all = new ArrayList<>();
    for (String line : lines) {
      all.add(found(line));
    }
    all.sort(Comparator.comparingInt(Found::day));
    Set<String> hidden = new HashSet<>();
    Set<String> hiddenFromTomorrow = new HashSet<>();
    List<String> remaining = new ArrayList<>();
    int today = Integer.MIN_VALUE;
    for (Found found : all) {
      if (found.day > today) {
        hidden.addAll(hiddenFromTomorrow);
        today = found.day;
      }
      if (hidden.contains(found.id)) {
        continue;
      }
      remaining.add(found.line);
      if (found.day >= FIRST) {
        hiddenFromTomorrow.addAll(hides.getOrDefault(found.id, Set.of()));
      }
    }
    return remaining;
  }

  /** Returns the day on which a detection ends. The first day of the month is 1. */
  static int day(String line) throws IOException {
    return found(line).day;
  }

  private static Found found(String line) throws IOException {
    String id = "";
    String end = "";
    try (JsonParser parser = JSON.createParser(line)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (depth == 1 && token == JsonToken.VALUE_STRING) {
          String name = parser.currentName();
          id = "id".equals(name) ? parser.getText() : id;
          end = "endTime".equals(name) ? parser.getText() : end;
        }
      }
    }
    LocalDate on = LocalDate.parse(end.substring(0, 10));
    return new Found(id, (int) ChronoUnit.DAYS.between(BenignMonth.FIRST, on) + 1, line);
  }
}
