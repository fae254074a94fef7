package dev.lockstep.sentinel;

import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a capped rule's rows in one hour.
 *
 * @param hour since 1970, by the forwarder's clock
 * @param sent rows that went
 * @param held detections that did not
 * @param highest severity among these
 * @param ruleVersion of one of these, 0 if there is none
 * @param ids of a few of these, at most {@link #MOST_IDS}
 */
record HourCount(
    String rule,
    long hour,
    int sent,
    int held,
    Severity highest,
    int ruleVersion,
    List<String> ids) {
  static final int MOST_IDS = 5;
  private static final int FIELDS = 7;

  HourCount {
    ids = List.copyOf(ids);
  }

  static HourCount none(String rule, long hour) {
    return new HourCount(rule, hour, 0, 0, Severity.Informational, 0, List.of());
  }

  HourCount plus(HourCount other) {
    List<String> some = new ArrayList<>(ids);
    for (String id : other.ids) {
      if (some.size() < MOST_IDS && !some.contains(id)) {
        some.add(id);
      }
    }
    return new HourCount(
        rule,
        hour,
        sent + other.sent,
        held + other.held,
        highest.compareTo(other.highest) >= 0 ? highest : other.highest,
        Math.max(ruleVersion, other.ruleVersion),
        some);
  }

  /** Returns it as words without line breaks, which {@link #parse} reads. */
  String line(boolean withIds) {
    String last = withIds && !ids.isEmpty() ? String.join(",", ids) : "-";
    return hour
        + " "
        + rule
        + " "
        + sent
        + " "
        + held
        + " "
        + highest
        + " "
        + ruleVersion
        + " "
        + last;
  }

  /** Returns what a line says, or null if it is none of ours. */
  static @Nullable HourCount parse(String line) {
    List<String> words = parts(line, ' ');
    if (words.size() != FIELDS) {
      return null;
    }
    try {
      String ids = words.get(6);
      return new HourCount(
          words.get(1),
          Long.parseLong(words.get(0)),
          Integer.parseInt(words.get(2)),
          Integer.parseInt(words.get(3)),
          Severity.valueOf(words.get(4)),
          Integer.parseInt(words.get(5)),
          ids.equals("-") ? List.of() : parts(ids, ','));
    } catch (IllegalArgumentException e) { // no number, or no severity
      return null;
    }
  }

  static List<String> parts(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
      parts.add(text.substring(start, end));
      start = end + 1;
    }
    parts.add(text.substring(start));
    return parts;
  }
}
