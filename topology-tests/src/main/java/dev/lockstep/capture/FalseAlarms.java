package dev.lockstep.capture;

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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tells how often a replay of a benign month cried wolf, and over what. */
public final class FalseAlarms {
  private static final JsonFactory JSON = new JsonFactory();

  /** What the networks of the made-up internet are called, and what they are. */
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
          List.of("Other Cloud", "new tool's cloud"),
          List.of("Big Cloud", "our cloud"),
          List.of("Front Door", "front door"),
          List.of("Northwind", "office"),
          List.of("partner", "partner"),
          List.of("Partner", "partner"));

  private final Map<String, Map<String, Integer>> bySeverity = new TreeMap<>();
  private final Map<String, Cause> causes = new HashMap<>();
  private int total;

  private static final class Cause {
    private int number;
    private int high;
    private final Set<String> subjects = new HashSet<>();
  }

  private FalseAlarms() {}

  /**
   * Prints the rates: the output of {@code replay}, number of people, number of days. If what
   * {@code accept --dry-run --json} says of all its detections follows, only days 11 and later
   * count, and it is told how few are left once detections are accepted.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3 && arguments.length != 4) {
      throw new IllegalArgumentException(
          "could not tell false alarms: three or four arguments are needed; name the output of"
              + " replay, the number of people and of days, and what accept says");
    }
    List<String> lines = Files.readAllLines(Path.of(arguments[0]), StandardCharsets.UTF_8);
    long people = Long.parseLong(arguments[1]);
    int days = Integer.parseInt(arguments[2]);
    if (arguments.length == 3) {
      print(lines, people, days);
      return;
    }
    Accepted accepted = Accepted.read(Path.of(arguments[3]));
    int left = days - Accepted.LAST;
    System.out.println("-- From day 11 on, nothing accepted");
    print(accepted.heard(lines, 0, 0), people, left);
    System.out.println("-- From day 11 on, what days 8 to 10 brought is accepted");
    print(accepted.heard(lines, Accepted.FIRST, Accepted.LAST), people, left);
    System.out.println("-- From day 11 on, each is accepted on the day after, from day 8 on");
    print(accepted.heard(lines, Accepted.FIRST, days + 1), people, left);
  }

  private static void print(List<String> lines, long people, int days) throws IOException {
    FalseAlarms alarms = new FalseAlarms();
    for (String line : lines) {
      alarms.add(line);
    }
    alarms.print(1000.0 / people / days);
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
    total++;
    bySeverity.computeIfAbsent(rule, any -> new TreeMap<>()).merge(severity, 1, Integer::sum);
    String countriesSaid = countries.size() > 1 ? "several countries" : "one country";
    Cause cause =
        causes.computeIfAbsent(
            "%s %s: %s, %s".formatted(rule, reason, String.join(" and ", kinds), countriesSaid),
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

  private void print(double each) {
    System.out.println("False alarms per 1,000 people and day");
    bySeverity.forEach(
        (rule, counts) ->
            counts.forEach((severity, number) -> row(rule + " " + severity, number, each)));
    int high = bySeverity.values().stream().mapToInt(c -> c.getOrDefault("High", 0)).sum();
    row("High", high, each);
    row("all", total, each);
    System.out.println("What they are about: findings, High of these, different subjects");
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

  private static void row(String name, int number, double each) {
    System.out.printf(Locale.ROOT, "%9.3f %8d  %s%n", number * each, number, name);
  }
}
