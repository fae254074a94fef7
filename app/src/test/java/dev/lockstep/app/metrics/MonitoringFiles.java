package dev.lockstep.app.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Alarms and dashboards of {@code deploy}, and the metrics that their queries name. */
final class MonitoringFiles {
  static final Path DEPLOY = Path.of("../deploy");
  static final Path RULES = DEPLOY.resolve("prometheus/lockstep.rules.yml");

  private static final Pattern TEXT = Pattern.compile("\"[^\"]*\"");
  private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_]\\w*)\\{([^}]*)}");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Pattern LABELS =
      Pattern.compile("\\b(by|on|ignoring|without|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]|\\boffset\\s+\\w+");
  private static final Pattern NAME = Pattern.compile("(?<![\\w.$])[a-zA-Z_]\\w*(?!\\w*\\s*\\()");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool");

  private MonitoringFiles() {}

  /**
   * Query of an alarm or a panel.
   *
   * @param place name of the file and of the alarm or the panel
   */
  record Query(String place, String expression) {
    /** Returns the metrics that the query names, each with its matchers. */
    Map<String, List<LabelMatcher>> metrics() {
      Map<String, List<LabelMatcher>> found = new LinkedHashMap<>();
      Matcher selectors = SELECTOR.matcher(expression);
      while (selectors.find()) {
        List<LabelMatcher> matchers =
            found.computeIfAbsent(selectors.group(1), unused -> new ArrayList<>());
        Matcher each = MATCHER.matcher(selectors.group(2));
        while (each.find()) {
          matchers.add(new LabelMatcher(each.group(1), each.group(3)));
        }
      }
      String bare = expression;
      for (Pattern noise : List.of(TEXT, Pattern.compile("\\{[^}]*}"), RANGE, LABELS)) {
        bare = noise.matcher(bare).replaceAll(" ");
      }
      Matcher names = NAME.matcher(bare);
      while (names.find()) {
        if (!WORDS.contains(names.group())) {
          List<LabelMatcher> unused =
              found.computeIfAbsent(names.group(), name -> new ArrayList<>());
        }
      }
      return found;
    }
  }

  /** Condition on a label. */
  record LabelMatcher(String label, String value) {}

  /** Returns the alarms, each as the map of its keys. */
  static List<Map<?, ?>> alarms() throws IOException {
    List<Map<?, ?>> alarms = new ArrayList<>();
    for (Object group : list(map(yaml(RULES)).get("groups"))) {
      for (Object rule : list(map(group).get("rules"))) {
        alarms.add(map(rule));
      }
    }
    return alarms;
  }

  /** Returns the dashboards by the names of their files. */
  static Map<String, Map<?, ?>> dashboards() throws IOException {
    Map<String, Map<?, ?>> dashboards = new LinkedHashMap<>();
    for (Path file : files("grafana", ".json")) {
      dashboards.put(file.getFileName().toString(), map(yaml(file)));
    }
    return dashboards;
  }

  /** Returns the queries of all alarms and all panels. */
  static List<Query> queries() throws IOException {
    List<Query> queries = new ArrayList<>();
    for (Map<?, ?> alarm : alarms()) {
      queries.add(new Query(String.valueOf(alarm.get("alert")), text(alarm, "expr")));
    }
    for (Map.Entry<String, Map<?, ?>> board : dashboards().entrySet()) {
      for (Object panel : list(board.getValue().get("panels"))) {
        for (Object target : list(map(panel).get("targets"))) {
          queries.add(
              new Query(
                  board.getKey() + ": " + text(map(panel), "title"), text(map(target), "expr")));
        }
      }
    }
    return queries;
  }

  /** Returns the files of a folder below {@code deploy} that end in a certain way, by name. */
  static List<Path> files(String folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(DEPLOY.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  /** Returns the content of a file of YAML or JSON. */
  static Object yaml(Path file) throws IOException {
    return new Load(LoadSettings.builder().setLabel(file.toString()).build())
        .loadFromString(Files.readString(file, UTF_8));
  }

  static Map<?, ?> map(@Nullable Object node) {
    return (Map<?, ?>) Objects.requireNonNull(node);
  }

  static List<?> list(@Nullable Object node) {
    return (List<?>) Objects.requireNonNull(node);
  }

  static String text(Map<?, ?> node, String key) {
    return String.valueOf(node.get(key));
  }

  /** Returns the names of a list of strings. */
  static Set<String> names(Stream<?> of) {
    Set<String> names = new TreeSet<>();
    of.forEach(name -> names.add(String.valueOf(name)));
    return names;
  }
}
