package dev.lockstep.app.setting;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.Quoted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The variables of the process, as far as they set keys of the configuration.
 *
 * <p>A key's variable is {@code LOCKSTEP_} and its path in upper case, with an underscore for each
 * dot, dash and inner capital; inner capitals may also be left unmarked. A blank variable is as if
 * it were absent.
 */
public final class Environment {
  public static final String PREFIX = "LOCKSTEP";

  /** Read by the launcher, not by the configuration. */
  private static final Set<String> LAUNCHER = Set.of("LOCKSTEP_JAVA_OPTS");

  private final TreeMap<String, String> variables;
  private final Set<String> known = new TreeSet<>();
  private final Set<String> referenced = new TreeSet<>();

  public Environment(Map<String, String> variables) {
    this.variables = new TreeMap<>(variables);
  }

  /** Returns how a key's variable may be spelled below a prefix, the documented one first. */
  public static List<String> spellings(String prefix, String key) {
    String marked = prefix + "_" + word(key);
    String plain = prefix + "_" + key.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    return marked.equals(plain) ? List.of(marked) : List.of(marked, plain);
  }

  /** Returns a key or a name in the form that it has within a variable's name. */
  public static String word(String key) {
    StringBuilder word = new StringBuilder(key.length() + 8);
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (i > 0 && isUpper(c) && !isUpper(key.charAt(i - 1))) {
        word.append('_');
      }
      word.append(c == '.' || c == '-' ? '_' : c);
    }
    return word.toString().toUpperCase(Locale.ROOT);
  }

  /** Returns the first variable of these that is set, and makes all of them known. */
  @Nullable String firstSet(List<String> names) {
    known.addAll(names);
    for (String name : names) {
      if (isSet(name)) {
        return name;
      }
    }
    return null;
  }

  /** Makes the variables below a prefix known, whose key was taken out. */
  void passOver(String prefix) {
    below(prefix).forEach(rest -> known.add(prefix + "_" + rest));
  }

  String value(String name) {
    return variables.getOrDefault(name, "");
  }

  /** Returns the value that a reference of the file names; null if it is not set. */
  @Nullable String referenced(String name) {
    referenced.add(name);
    return variables.get(name);
  }

  /** Returns the set variables below a prefix, without the prefix. */
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

  /** Refuses every variable of ours that no key has asked for. */
  public void refuseUnknown() {
    for (String rest : below(PREFIX)) {
      String name = PREFIX + "_" + rest;
      if (known.contains(name)
          || referenced.contains(name)
          || LAUNCHER.contains(name)
          || isServiceLink(name)) {
        continue;
      }
      throw OperatorException.inConfig(
          "environment",
          "no key goes by the variable " + Quoted.of(name),
          "the nearest known one is " + NearestNames.among(known, name));
    }
  }

  /** Returns if Kubernetes put the variable there for a service whose name starts like ours. */
  private boolean isServiceLink(String name) {
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
    return !value(name).isBlank();
  }

  private static boolean isUpper(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
