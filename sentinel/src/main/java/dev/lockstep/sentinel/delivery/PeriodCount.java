package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts of rows sent and detections held back in a period.
 *
 * @param sent number of rows sent
 * @param bytes bytes of these rows before compression
 * @param held number of detections held back
 * @param highest highest severity of the detections held back, Informational if there are none
 * @param ruleVersion highest rule version of the detections held back, 0 if there are none
 * @param ids ids of a few detections held back, at most {@link #MOST_IDS}
 */
record PeriodCount(
    Period period,
    int sent,
    long bytes,
    int held,
    Severity highest,
    int ruleVersion,
    List<String> ids) {
  static final int MOST_IDS = 5;
  private static final int FIELDS = 9;

  PeriodCount {
    ids = List.copyOf(ids);
  }

  static PeriodCount none(Period period) {
    return sent(period, 0, 0);
  }

  static PeriodCount sent(Period period, int rows, long bytes) {
    return new PeriodCount(period, rows, bytes, 0, Severity.Informational, 0, List.of());
  }

  PeriodCount plus(PeriodCount other) {
    List<String> some = new ArrayList<>(ids);
    for (String id : other.ids) {
      if (some.size() < MOST_IDS && !some.contains(id)) {
        some.add(id);
      }
    }
    return new PeriodCount(
        period,
        sent + other.sent,
        bytes + other.bytes,
        held + other.held,
        highest.compareTo(other.highest) >= 0 ? highest : other.highest,
        Math.max(ruleVersion, other.ruleVersion),
        some);
  }

  String line(boolean withIds) {
    return String.join(
        " ",
        List.of(
            Integer.toString(period.hours()),
            Long.toString(period.number()),
            period.scope(),
            Integer.toString(sent),
            Long.toString(bytes),
            Integer.toString(held),
            highest.name(),
            Integer.toString(ruleVersion),
            withIds && !ids.isEmpty() ? String.join(",", ids) : "-"));
  }

  static @Nullable PeriodCount parse(String line, boolean high) {
    List<String> words = parts(line, ' ');
    if (words.size() != FIELDS) {
      return null;
    }
    try {
      int hours = Integer.parseInt(words.get(0));
      String ids = words.get(8);
      return hours != 1 && hours != 24
          ? null
          : new PeriodCount(
              new Period(words.get(2), hours, Long.parseLong(words.get(1)), high),
              Integer.parseInt(words.get(3)),
              Long.parseLong(words.get(4)),
              Integer.parseInt(words.get(5)),
              Severity.valueOf(words.get(6)),
              Integer.parseInt(words.get(7)),
              ids.equals("-") ? List.of() : parts(ids, ','));
    } catch (IllegalArgumentException e) { // not a number, or not a severity
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
