package dev.lockstep.capture.month;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Report of the false alarms in a replay of a benign month, by rule and severity, and by cause. */
public final class FalseAlarms {
  static final int WEEK_DAYS = 7;

  private static final JsonFactory JSON = new JsonFactory();

  private static final String NEW_TOOL = "new tool's cloud";
  private static final String PEOPLE = "people";
  private static final String TOOL_OF_NOBODY = "new tool that nobody announced";
  private static final String PARTNERS = "partners that moved and told nobody";

  /** Lockstep's first four rules; one row of the report is about all other rules together. */
  private static final Set<String> FIRST_FOUR =
      Set.of("impossible-travel", "token-replay", "partner-ip-drift", "defender-corroboration");

  /**
   * Pairs of a text in a network's name and the kind of the networks with such a name, for example
   * {@code Broadband} and {@code home}.
   */
  private static final List<List<String>> KINDS =
      List.of(
          List.of("Broadband", "home"),
          List.of("Mobile", "phone"),
          List.of("Business Lines", "hotel or host"),
          List.of("Airport", "airport"),
          List.of("Bed and", "hotel chain"),
          List.of("Grand Lobby", "hotel chain"),
          List.of("Hidden Harbour", "private VPN"),
          List.of("Cabin", "in flight"),
          List.of("Other Cloud", NEW_TOOL),
          List.of("Big Cloud", "our cloud"),
          List.of("Front Door", "front door"),
          List.of("Northwind", "office"),
          List.of("partner", "partner"),
          List.of("Partner", "partner"));

  private final Map<String, Map<String, Integer>> bySeverity = new TreeMap<>();
  private final Map<String, Cause> causes = new HashMap<>();

  /** Counts of all findings and of High findings, separately for people, new tools and partners. */
  private final Map<String, int[]> sums = new LinkedHashMap<>();

  /** Counts of the findings with one cause, and the set of their subjects. */
  private static final class Cause {
    private int number;
    private int high;
    private final Set<String> subjects = new HashSet<>();
  }

  private FalseAlarms() {}

  /**
   * Prints the rates of false alarms. The arguments are the output of {@code lockstep replay}, the
   * number of people and the number of days. A fourth argument is the output of {@code lockstep
   * accept --dry-run --json} for all detections. With a fourth argument, only days 8 and later
   * count, and the rates are printed for each week and for all weeks together. They are printed
   * twice: for all detections, and for those that remain if each detection is accepted on the next
   * day.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3 && arguments.length != 4) {
      throw new IllegalArgumentException(
          "could not count false alarms: three or four arguments are needed; give the output of"
              + " replay, the number of people, the number of days, and optionally the output of"
              + " accept");
    }
    List<String> lines = Files.readAllLines(Path.of(arguments[0]), StandardCharsets.UTF_8);
    long people = Long.parseLong(arguments[1]);
    int days = Integer.parseInt(arguments[2]);
    if (arguments.length == 3) {
      of(lines, 1, days).print(people, days);
      return;
    }
    List<String> remaining = AcceptedDetections.read(Path.of(arguments[3])).remaining(lines);
    weeks("nothing accepted", lines, people, days);
    weeks("each is accepted on the day after", remaining, people, days);
  }

  private static void weeks(String title, List<String> lines, long people, int days)
      throws IOException {
    System.out.println("-- From day 8 on, " + title);
    for (int first = WEEK_DAYS + 1; first <= days; first += WEEK_DAYS) {
      int last = Math.min(days, first + WEEK_DAYS - 1);
      System.out.printf(Locale.ROOT, "days %d to %d%n", first, last);
      of(lines, first, last).sums(1000.0 / people / (last - first + 1));
    }
    of(lines, WEEK_DAYS + 1, days).print(people, days - WEEK_DAYS);
  }

  private static FalseAlarms of(List<String> lines, int first, int last) throws IOException {
    FalseAlarms alarms = new FalseAlarms();
    for (String line : lines) {
      int day = Math.max(1, AcceptedDetections.day(line));
      if (day >= first && day <= last) {
        alarms.add(line);
      }
    }
    return alarms;
  }

  private void add(String line) throws IOException {
    String rule = "";
    String severity = "";
    String reason = "";
    String subject = "";
    Set<String> kinds = new TreeSet<>();
    Set<String> countries = new TreeSet<>();
    try (JsonParser parser = JSON.createParser(line)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token != JsonToken.VALUE_STRING || parser.currentName() == null) {
          continue;
        }
        String text = parser.getText();
        switch (depth + parser.currentName()) {
          case "1rule" -> rule = text;
          case "1severity" -> severity = text;
          case "1reason" -> reason = text;
          case "2id" -> subject = subject.isEmpty() ? text : subject;
          case "4organisation" -> kinds.add(kind(text));
          case "4country" -> countries.add(text);
          default -> {}
        }
      }
    }
    String who =
        rule.equals("partner-ip-drift")
            ? PARTNERS
            : kinds.contains(NEW_TOOL) ? TOOL_OF_NOBODY : PEOPLE;
    sums.computeIfAbsent(who, any -> new int[2])[0]++;
    sums.get(who)[1] += severity.equals("High") ? 1 : 0;
    bySeverity.computeIfAbsent(rule, any -> new TreeMap<>()).merge(severity, 1, Integer::sum);
    String countriesText = countries.size() > 1 ? "several countries" : "one country";
    Cause cause =
        causes.computeIfAbsent(
            "%s %s: %s, %s".formatted(rule, reason, String.join(" and ", kinds), countriesText),
            any -> new Cause());
    cause.number++;
    cause.high += severity.equals("High") ? 1 : 0;
    cause.subjects.add(subject);
  }

  private static String kind(String organisation) {
    return KINDS.stream()
        .filter(kind -> organisation.contains(kind.get(0)))
        .findFirst()
        .map(kind -> kind.get(1))
        .orElse(organisation);
  }

  private void print(long people, int days) {
    double each = 1000.0 / people / days;
    System.out.println("False alarms per 1,000 people and day");
    bySeverity.forEach(
        (rule, counts) ->
            counts.forEach((severity, number) -> row(rule + " " + severity, number, each)));
    sums(each);
    int ofTen =
        bySeverity.entrySet().stream()
            .filter(rule -> !FIRST_FOUR.contains(rule.getKey()))
            .flatMap(rule -> rule.getValue().values().stream())
            .mapToInt(Integer::intValue)
            .sum();
    row("the other rules together", ofTen, each);
    System.out.println(
        "The most frequent causes, in columns: findings, High findings, subjects, cause");
    causes.entrySet().stream()
        .sorted(Comparator.comparing(entry -> -entry.getValue().number))
        .limit(25)
        .forEach(
            entry -> {
              Cause cause = entry.getValue();
              System.out.printf(
                  Locale.ROOT,
                  "%7d %6d %5d  %s%n",
                  cause.number,
                  cause.high,
                  cause.subjects.size(),
                  entry.getKey());
            });
  }

  /**
   * Prints the rate and the number of false alarms about people, new tools and partners.
   * Unannounced changes are counted by themselves, because an analyst wants to see those.
   *
   * @param each rate of one false alarm, per 1,000 people and day
   */
  private void sums(double each) {
    for (String who : List.of(PEOPLE, TOOL_OF_NOBODY, PARTNERS)) {
      int[] sum = sums.getOrDefault(who, new int[2]);
      row(who + ", High", sum[1], each);
      row(who + ", all", sum[0], each);
    }
  }

  private static void row(String name, int number, double each) {
    System.out.printf(Locale.ROOT, "%9.3f %8d  %s%n", number * each, number, name);
  }
}
