package dev.lockstep.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an operator hears who tends the networks file at the end of each week. */
public final class Weeks {
  static final int DAYS = 7;

  private Weeks() {}

  /**
   * Writes the detections of each week as they were with the file of the week before: where to, and
   * what {@code replay} found with the file of the first week, and at the end of each week.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2) {
      throw new IllegalArgumentException(
          "could not join the weeks: two arguments are needed; name the file to write, and what"
              + " replay found in each week");
    }
    List<String> heard = new ArrayList<>();
    for (int week = 1; week < arguments.length; week++) {
      boolean last = week == arguments.length - 1;
      for (String line : Files.readAllLines(Path.of(arguments[week]), StandardCharsets.UTF_8)) {
        int of = of(Accepted.day(line));
        if (of == week || (last && of > week)) {
          heard.add(line);
        }
      }
    }
    Files.write(Path.of(arguments[0]), heard, StandardCharsets.UTF_8);
  }

  /**
   * Returns the week of a day, both counted from 1; what was before the first day is in the first.
   */
  static int of(int day) {
    return Math.max(1, (day + DAYS - 1) / DAYS);
  }
}
