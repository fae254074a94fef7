package dev.lockstep.app.config;

import dev.lockstep.app.rules.RuleLoader;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.terminal.OperatorException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * List of all problems of a configuration, found by a reading that goes on after each problem. It
 * also has the configuration without the keys that have problems.
 *
 * <p>A key that cannot be used is recorded and removed, and the rest is read again. If a removed
 * key is then missing, its section is removed as well, without another problem.
 */
public final class ConfigProblems {
  private static final int MOST = 50;
  private static final String UNKNOWN = "unknown key \"";
  private static final String MISSING = " is missing";
  private static final String VARIABLE = "environment variable ";

  private final @Nullable Path file;
  private final Map<String, String> variables;
  private final RuleLoader loader = new RuleLoader();
  private final List<OperatorException> found = new ArrayList<>();
  private final List<String> without = new ArrayList<>();
  private final Set<Node> touched = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable Node root;
  private @Nullable Config rest;

  private ConfigProblems(@Nullable Path file, Map<String, String> variables) {
    this.file = file;
    this.variables = new HashMap<>(variables);
  }

  public static ConfigProblems of(@Nullable Path file, Map<String, String> variables) {
    ConfigProblems problems = new ConfigProblems(file, variables);
    problems.find();
    return problems;
  }

  /**
   * Returns the problems in the order of their discovery, at most {@value #MOST}. If there are
   * more, the last one says so.
   */
  public List<OperatorException> found() {
    return found;
  }

  /**
   * Returns the configuration without the keys and sections that have problems, or null if no
   * usable configuration is left. It is also null if there are more than {@value #MOST} problems.
   */
  public @Nullable Config rest() {
    return rest;
  }

  /** Returns whether a section, or a part of it, was removed because of a problem. */
  public boolean lacks(String section) {
    return without.stream()
        .anyMatch(
            key ->
                key.equals(section)
                    || key.startsWith(section + ".")
                    || key.startsWith(section + "["));
  }

  private void find() {
    try {
      root = ConfigReader.parse(file);
    } catch (OperatorException e) {
      found.add(e);
      return;
    }
    while (true) {
      try {
        rest = ConfigReader.read(file, root, variables, loader, new HashMap<>());
        return;
      } catch (OperatorException e) {
        boolean goesOn = takeOut(e);
        if (found.size() > MOST) {
          found.set(
              MOST,
              new OperatorException(
                  "could not list all problems of the configuration: it has more than %d; fix the listed problems, and check the configuration again"
                      .formatted(MOST)));
          return;
        }
        if (!goesOn) {
          return;
        }
      }
    }
  }

  /**
   * Removes the key that a problem names from the configuration, and returns whether anything was
   * removed. If the problem is a missing key, the section that lacks the key is removed. The
   * problem is also recorded, unless it is a missing key and an earlier removal in its section may
   * be the cause.
   */
  private boolean takeOut(OperatorException problem) {
    String origin = problem.origin();
    String key = key(problem.what());
    boolean missing = problem.what().contains(MISSING);
    if (origin != null && origin.startsWith(VARIABLE) && !missing) {
      found.add(problem);
      without.add(key);
      return variables.remove(origin.substring(VARIABLE.length())) != null;
    }
    Node parent = root;
    String left = key;
    while (parent != null) {
      Step step = step(parent, left);
      if (step == null) {
        found.add(problem);
        return root != null && origin != null && takeOut(root, origin, "");
      }
      Step next = step.rest().isEmpty() ? null : step(step.value(), step.rest());
      boolean here = missing ? next == null : step.rest().isEmpty();
      if (here) {
        if (!(missing && touched.contains(step.value()))) {
          found.add(problem);
        }
        touched.add(parent);
        without.add(key);
        return step.remove().getAsBoolean();
      }
      parent = step.value();
      left = step.rest();
    }
    found.add(problem);
    return false;
  }

  /**
   * Removes the key or list entry at the line that a problem names, and returns whether anything
   * was removed. Only the given part of the file is searched.
   */
  private boolean takeOut(Node from, String origin, String path) {
    if (from instanceof SequenceNode list) {
      for (int i = 0; i < list.getValue().size(); i++) {
        Node entry = list.getValue().get(i);
        String name = path + "[" + i + "]";
        if (isAt(entry, origin)) {
          without.add(name);
          return takeOut(list, i);
        }
        if (takeOut(entry, origin, name)) {
          return true;
        }
      }
    } else if (from instanceof MappingNode mapping) {
      for (NodeTuple tuple : List.copyOf(mapping.getValue())) {
        String word = tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
        String name = path.isEmpty() ? word : path + "." + word;
        if (takeOut(tuple.getValueNode(), origin, name)) {
          return true;
        }
        if (isAt(tuple.getKeyNode(), origin)) {
          without.add(name);
          return mapping.getValue().remove(tuple);
        }
      }
    }
    return false;
  }

  private static boolean takeOut(SequenceNode list, int place) {
    list.getValue().set(place, new Section.TakenOut(list.getValue().get(place)));
    return true;
  }

  private static boolean isAt(Node node, String origin) {
    return node.getStartMark()
        .map(mark -> origin.endsWith(":" + (mark.getLine() + 1)))
        .orElse(false);
  }

  private static String key(String what) {
    int from = what.startsWith(UNKNOWN) ? UNKNOWN.length() : 0;
    int to = from;
    while (to < what.length() && what.charAt(to) != ' ' && what.charAt(to) != '"') {
      to++;
    }
    return what.substring(from, to);
  }

  /**
   * Step of the look-up of a key by its full name: the value found, and the rest of the name. The
   * first value on the way to {@code sources[0].name} is the list of sources, and {@code [0].name}
   * is left.
   *
   * @param rest part of the name that is left; empty at the end
   */
  private record Step(Node value, String rest, BooleanSupplier remove) {}

  private static @Nullable Step step(Node node, String name) {
    if (node instanceof MappingNode mapping) {
      return inMapping(mapping, name);
    }
    if (node instanceof SequenceNode list) {
      return inList(list, name);
    }
    return null;
  }

  private static @Nullable Step inMapping(MappingNode mapping, String name) {
    NodeTuple longest = null;
    int length = 0;
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        String word = key.getValue();
        boolean begins =
            name.startsWith(word)
                && (name.length() == word.length()
                    || name.charAt(word.length()) == '.'
                    || name.charAt(word.length()) == '[');
        if (begins && word.length() > length) {
          longest = tuple;
          length = word.length();
        }
      }
    }
    if (longest == null) {
      return null;
    }
    NodeTuple found = longest;
    String rest = name.substring(length);
    return new Step(
        found.getValueNode(),
        rest.startsWith(".") ? rest.substring(1) : rest,
        () -> mapping.getValue().remove(found));
  }

  private static int index(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static @Nullable Step inList(SequenceNode list, String name) {
    int end = name.indexOf(']');
    if (!name.startsWith("[") || end < 0) {
      return null;
    }
    int at = index(name.substring(1, end));
    if (at < 0 || at >= list.getValue().size()) {
      return null;
    }
    Node entry = list.getValue().get(at);
    if (entry instanceof Section.TakenOut) {
      return null;
    }
    String rest = name.substring(end + 1);
    return new Step(
        entry, rest.startsWith(".") ? rest.substring(1) : rest, () -> takeOut(list, at));
  }
}
