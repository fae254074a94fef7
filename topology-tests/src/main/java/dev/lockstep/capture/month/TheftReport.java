package dev.lockstep.capture.month;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Report of how many of a month's simulated thieves a replay found, by kind of theft and by rule.
 */
public final class TheftReport {
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * Counts of the simulated thieves of one kind.
   *
   * <p>The field {@code high} counts the thieves that a finding of severity High names.
   */
  private static final class Count {
    private int all;
    private int found;
    private int high;
    private final Map<String, Integer> byRule = new TreeMap<>();
  }

  private TheftReport() {}

  /**
   * Prints the numbers of thieves that the replay found, by kind and by rule. The arguments are the
   * file of thefts, and the output of {@code lockstep replay} for the month with the thieves.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      throw new IllegalArgumentException(
          "could not count thefts: two arguments are needed; give the file of thefts and the file"
              + " that replay wrote");
    }
    System.out.println(
        "In columns: thieves found, all thieves, found with a High finding, kind, and by rule");
    lines(
            Files.readAllLines(Path.of(arguments[0]), StandardCharsets.UTF_8),
            Files.readAllLines(Path.of(arguments[1]), StandardCharsets.UTF_8))
        .forEach(System.out::println);
  }

  static List<String> lines(List<String> thefts, List<String> detections) throws IOException {
    // A thief is found if a detection has both the user and the thief's address.
    Map<String, Set<String>> rules = new HashMap<>();
    for (String line : detections) {
      add(line, rules);
    }
    Map<String, Count> counts = new TreeMap<>();
    for (String theft : thefts.subList(1, thefts.size())) {
      List<String> cells = cells(theft);
      Set<String> found = rules.getOrDefault(cells.get(0) + cells.get(4), Set.of());
      count(counts, cells.get(3) + " " + cells.get(2), found);
      count(counts, cells.get(3), found);
      count(counts, "all", found);
    }
    return counts.entrySet().stream().map(kind -> line(kind.getKey(), kind.getValue())).toList();
  }

  /**
   * Adds a detection's rule to the map for each address in its evidence. A key is the principal's
   * id followed by the address. The word {@code High} follows a rule with that severity.
   */
  private static void add(String detection, Map<String, Set<String>> rules) throws IOException {
    String rule = "";
    String severity = "";
    String principal = "";
    String object = "";
    Set<String> addresses = new TreeSet<>();
    try (JsonParser parser = JSON.createParser(detection)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        String name = parser.currentName();
        if (token.isStructStart() && depth == 2 && name != null) {
          object = name;
        }
        if (token != JsonToken.VALUE_STRING || name == null) {
          continue;
        }
        switch (depth + object + "." + name) {
          case "2principal.id" -> principal = parser.getText();
          case "3evidence.ip" -> addresses.add(parser.getText());
          default -> {
            rule = depth == 1 && name.equals("rule") ? parser.getText() : rule;
            severity = depth == 1 && name.equals("severity") ? parser.getText() : severity;
          }
        }
      }
    }
    for (String address : addresses) {
      rules
          .computeIfAbsent(principal + address, none -> new TreeSet<>())
          .add(rule + (severity.equals("High") ? " High" : ""));
    }
  }

  private static String line(String kind, Count count) {
    return String.format(
        Locale.ROOT,
        "%5d of %5d %5d  %s %s",
        count.found,
        count.all,
        count.high,
        kind,
        count.byRule);
  }

  private static List<String> cells(String row) {
    List<String> cells = new ArrayList<>();
    int from = 0;
    for (int comma = row.indexOf(','); comma >= 0; comma = row.indexOf(',', from)) {
      cells.add(row.substring(from, comma));
      from = comma + 1;
    }
    cells.add(row.substring(from));
    return cells;
  }

  private static void count(Map<String, Count> counts, String kind, Set<String> found) {
    Count count = counts.computeIfAbsent(kind, none -> new Count());
    count.all++;
    count.found += found.isEmpty() ? 0 : 1;
    count.high += found.stream().anyMatch(rule -> rule.endsWith(" High")) ? 1 : 0;
    found.stream()
        .map(rule -> rule.replace(" High", ""))
        .distinct()
        .forEach(rule -> count.byRule.merge(rule, 1, Integer::sum));
  }
}
