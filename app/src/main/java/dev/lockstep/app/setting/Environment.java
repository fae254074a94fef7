package dev.lockstep.app.setting;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables that set keys of the configuration.
 *
 * <p>A key's variable is {@code LOCKSTEP_} and its path in upper case, with an underscore for each
 * dot, dash and capital inside a word; the underscore for inner capitals may be omitted. A blank
 * variable counts as absent, and so does one that Kubernetes sets for a service whose name begins
 * with lockstep.
 */
public final class Environment {
  public static final String PREFIX = "LOCKSTEP";

  /** Environment variables of the launcher script, which are not part of the configuration. */
  private static final Set<String> LAUNCHER = Set.of("LOCKSTEP_JAVA_OPTS");

  private final TreeMap<String, String> variables;
  private final Set<String> known = new TreeSet<>();
  private final Set<String> referenced = new TreeSet<>();

  public Environment(Map<String, String> variables) {
    this.variables = new TreeMap<>(variables);
  }

  /**
   * Returns the names of the environment variables that can set a key. Each name begins with the
   * prefix, and the documented name comes first.
   */
  public static List<String> spellings(String prefix, String key) {
    String marked = prefix + "_" + word(key);
    String plain =
        prefix
            + "_"
            + key.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_').replace('/', '_');
    return marked.equals(plain) ? List.of(marked) : List.of(marked, plain);
  }

  /**
   * Converts a key to its form in environment variables, such as {@code topicPrefix} to {@code
   * TOPIC_PREFIX}.
   */
  public static String word(String key) {
    StringBuilder word = new StringBuilder(key.length() + 8);
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      char before = i > 0 ? key.charAt(i - 1) : '_';
      if (isUpper(c) && !isUpper(before) && before != '_' && !isSeparator(before)) {
        word.append('_');
      }
      word.append(isSeparator(c) ? '_' : c);
    }
    return word.toString().toUpperCase(Locale.ROOT);
  }

  /**
   * Returns the first of the given variables that is set, or null if no variable is set, and marks
   * all these variables as known.
   */
  @Nullable String firstSet(List<String> names) {
    known.addAll(names);
    for (String name : names) {
      if (isSet(name)) {
        return name;
      }
    }
    return null;
  }

  void passOver(String prefix) {
    below(prefix).forEach(rest -> known.add(prefix + "_" + rest));
  }

  String value(String name) {
    return variables.getOrDefault(name, "");
  }

  @Nullable String referenced(String name) {
    referenced.add(name);
    return variables.get(name);
  }

  List<String> below(String prefix) {
    List<String> rest = new ArrayList<>();
    String start = prefix + "_";
    for (String name : variables.tailMap(start).keySet()) {
      if (!name.startsWith(start)) {
        break;
      }
      if (isSet(name)) {
        rest.add(name.substring(start.length()));
      }
    }
    return rest;
  }

  /**
   * Throws an exception if a variable whose name begins with {@code LOCKSTEP_} is used by no key
   * and no reference. Variables of the launcher are accepted.
   */
  public void refuseUnknown() {
    for (String rest : below(PREFIX)) {
      String name = PREFIX + "_" + rest;
      if (known.contains(name) || referenced.contains(name) || LAUNCHER.contains(name)) {
        continue;
      }
      throw OperatorException.inConfig(
          "environment",
          "the variable " + Quoted.of(name) + " belongs to no key of the configuration",
          "the nearest known variable is "
              + NearestNames.among(known, name)
              + "; rename the variable, or unset it");
    }
  }

  private boolean isServiceLink(String name) {
    // Kubernetes sets these for a service whose name begins with lockstep
    return name.contains("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || value(name).startsWith("tcp://")
        || value(name).startsWith("udp://")
        || name.endsWith("_TCP_PROTO")
        || name.endsWith("_TCP_PORT")
        || name.endsWith("_TCP_ADDR")
        || name.endsWith("_UDP_PROTO")
        || name.endsWith("_UDP_PORT")
        || name.endsWith("_UDP_ADDR");
  }

  private boolean isSet(String name) {
    return !value(name).isBlank() && !isServiceLink(name);
  }

  private static boolean isSeparator(char c) {
    return c == '.' || c == '-' || c == '@' || c == '/';
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
