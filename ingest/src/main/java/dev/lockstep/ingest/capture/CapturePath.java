package dev.lockstep.ingest.capture;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Path of a captured file, with the date and time in it. Examples are {@code
 * hub/0/2026/11/20/10/05/00.avro}, {@code y=2026/m=11/d=20/h=10/m=00/PT1H.json}, {@code
 * signins-2026-11-20T10.jsonl} and {@code 20261120/a.gz}. The last of several dates counts; times
 * are UTC.
 *
 * @param path path below the capture's folder, with slashes
 * @param dayPath beginning of the path up to the day; the whole path without a date
 * @param at time in milliseconds since 1970, or {@link #UNDATED}
 */
public record CapturePath(String path, String dayPath, long at) {
  static final long UNDATED = Long.MIN_VALUE;

  private static final Set<String> BETWEEN_DAYS =
      Set.of("/", "-", "_", ".", "/m=", "/month=", "/d=", "/day=");
  private static final Set<String> BETWEEN_TIMES =
      Set.of("/", "-", "_", ".", ":", "t", "/h=", "/hour=", "/m=", "/minute=", "/s=", "/second=");

  /** Run of consecutive digits in a path, with its value as a number. */
  private record Run(int start, int end, long value) {
    int length() {
      return end - start;
    }
  }

  public static CapturePath of(String path) {
    List<Run> runs = runs(path);
    for (int i = runs.size() - 1; i >= 0; i--) {
      CapturePath dated = dated(path, runs, i);
      if (dated != null) {
        return dated;
      }
    }
    return new CapturePath(path, path, UNDATED);
  }

  String name() {
    return path.substring(dayPath.length());
  }

  private static List<Run> runs(String path) {
    List<Run> runs = new ArrayList<>();
    int i = 0;
    while (i < path.length()) {
      int start = i;
      long value = 0;
      while (i < path.length() && path.charAt(i) >= '0' && path.charAt(i) <= '9') {
        value = Math.min(99_999_999_999_999L, value * 10 + path.charAt(i) - '0');
        i++;
      }
      if (i > start) {
        runs.add(new Run(start, i, value));
      } else {
        i++;
      }
    }
    return runs;
  }

  private static @Nullable CapturePath dated(String path, List<Run> runs, int at) {
    Run first = runs.get(at);
    if (first.length() == 8) {
      int day = (int) first.value();
      return dated(path, runs, at, day / 10_000, day / 100 % 100, day % 100);
    }
    if (first.length() != 4 || at + 2 >= runs.size()) {
      return null;
    }
    Run month = runs.get(at + 1);
    Run day = runs.get(at + 2);
    boolean fits =
        month.length() <= 2
            && day.length() <= 2
            && BETWEEN_DAYS.contains(between(path, first, month))
            && BETWEEN_DAYS.contains(between(path, month, day));
    return fits
        ? dated(path, runs, at + 2, (int) first.value(), (int) month.value(), (int) day.value())
        : null;
  }

  private static @Nullable CapturePath dated(
      String path, List<Run> runs, int last, int year, int month, int day) {
    if (year < 1990 || year > 2099) {
      return null;
    }
    LocalDate date;
    try {
      date = LocalDate.of(year, month, day);
    } catch (DateTimeException e) {
      return null;
    }
    long seconds = 0;
    int unit = 3600;
    for (int i = last + 1; i < runs.size() && unit > 0; i++) {
      Run part = runs.get(i);
      boolean fits =
          part.length() == 2
              && part.value() < (unit == 3600 ? 24 : 60)
              && BETWEEN_TIMES.contains(between(path, runs.get(i - 1), part));
      if (!fits) {
        break;
      }
      seconds += part.value() * unit;
      unit /= 60;
    }
    long at = (date.atStartOfDay().toEpochSecond(ZoneOffset.UTC) + seconds) * 1000;
    return new CapturePath(path, path.substring(0, runs.get(last).end()), at);
  }

  private static String between(String path, Run before, Run after) {
    return path.substring(before.end(), after.start()).toLowerCase(Locale.ROOT);
  }
}
