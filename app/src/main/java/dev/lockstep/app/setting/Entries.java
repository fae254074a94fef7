package dev.lockstep.app.setting;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Reader of a list of named things in the configuration, such as the sources, from the file and
 * from environment variables.
 *
 * <p>An environment variable refers to an entry by its index, {@code LOCKSTEP_SOURCES_0_HUB}, or by
 * its name, {@code LOCKSTEP_SOURCES_SIGNINS_HUB}. An index or name that the file does not have adds
 * an entry. Entries added by an index come before those added by a name.
 */
public final class Entries {
  /**
   * Entry of a list in the configuration.
   *
   * @param impliedName name in the variable that added the entry; null if the entry needs the key
   *     {@code name}
   */
  public record Entry(Section section, @Nullable String impliedName) {
    /**
     * Returns the entry's name: the value of its key {@code name}, or else the name in the
     * environment variable that added the entry. For example, {@code LOCKSTEP_SOURCES_SIGNINS_HUB}
     * adds the entry {@code signins}.
     */
    public String name(ConfigKey<String> key) {
      if (impliedName != null && section.written(key) == null) {
        section.record(key.name(), impliedName, section.origin());
        return impliedName;
      }
      return section.value(key);
    }

    /** Declares the key {@code name}, which gives an entry of a list its unique name. */
    public static ConfigKey<String> nameKey(String what, String sentence) {
      return ConfigKey.text(
              "name",
              "an ASCII letter, then ASCII letters, digits and dashes, 64 characters at most",
              setting -> named(setting, what),
              sentence)
          .fixIfMissing("give the " + what + " a unique name");
    }

    private static String named(ConfigValue setting, String what) {
      String name = setting.text();
      boolean fits = name.length() <= 64 && isLetter(name.charAt(0));
      for (int i = 1; fits && i < name.length(); i++) {
        char c = name.charAt(i);
        fits = isLetter(c) || (c >= '0' && c <= '9') || c == '-';
      }
      if (!fits) {
        throw setting.bad(
            "is not a name for a " + what,
            "give an ASCII letter, then ASCII letters, digits and dashes, 64 characters at most");
      }
      return name;
    }

    private static boolean isLetter(char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
  }

  private final Section parent;
  private final Section.Context context;
  private final String list;
  private final String prefix;
  private final ConfigKeys keys;

  private Entries(Section parent, Section.Context context, ConfigKeys keys) {
    this.parent = parent;
    this.context = context;
    this.list = parent.name(keys.name());
    this.prefix = parent.prefix() + "_" + Environment.word(keys.name());
    this.keys = keys;
  }

  /**
   * Returns the entries of a list in the configuration. Entries of the file come before those that
   * only environment variables add.
   *
   * @param parent top level of the file, or a group of keys whose environment variables all have
   *     the same prefix
   */
  public static List<Entry> of(Section parent, Section.Context context, ConfigKeys list) {
    return new Entries(parent, context, list).read();
  }

  private List<Entry> read() {
    List<Entry> entries = new ArrayList<>();
    Set<String> designators = designators(writtenNames());
    int places = 0;
    for (Node node : parent.entries(keys.name())) {
      String place = Integer.toString(places);
      List<String> variables = new ArrayList<>(List.of(prefix + "_" + place));
      designators.remove(place);
      String name = nameOf(node instanceof Section.TakenOut out ? out.was() : node);
      if (name != null) {
        variables.add(prefix + "_" + Environment.word(name));
        designators.remove(Environment.word(name));
      }
      if (node instanceof Section.TakenOut) {
        variables.forEach(context.environment()::passOver);
      } else {
        entries.add(new Entry(section(places, variables, node), null));
      }
      places++;
    }
    for (; designators.remove(Integer.toString(places)); places++) {
      List<String> variables = List.of(prefix + "_" + places);
      entries.add(new Entry(section(places, variables, null), null));
    }
    for (String designator : designators) {
      if (Character.isDigit(designator.charAt(0))) {
        throw OperatorException.inConfig(
            "environment",
            "the variables "
                + Quoted.of(prefix + "_" + designator + "_…")
                + " set entry "
                + designator
                + " of "
                + list
                + ", which has no entry "
                + places,
            "number the entries from 0 without gaps");
      }
      String name = designator.toLowerCase(Locale.ROOT).replace('_', '-');
      List<String> variables = List.of(prefix + "_" + designator);
      entries.add(new Entry(section(places++, variables, null), name));
    }
    return entries;
  }

  private Section section(int place, List<String> variables, @Nullable Node node) {
    return new Section(context, list + "[" + place + "]", variables, node, keys);
  }

  /** Returns the names of the file's entries as environment variables spell them, longest first. */
  private List<String> writtenNames() {
    List<String> names = new ArrayList<>();
    for (Node node : parent.entries(keys.name())) {
      String name = nameOf(node instanceof Section.TakenOut out ? out.was() : node);
      if (name != null) {
        names.add(Environment.word(name));
      }
    }
    names.sort(Comparator.comparing(String::length).reversed());
    return names;
  }

  /**
   * Returns the indexes and names of entries that environment variables contain, such as {@code
   * SIGNINS} in {@code LOCKSTEP_SOURCES_SIGNINS_HUB}.
   *
   * @param written names of the file's entries as environment variables spell them, longest first.
   *     These names are looked for first, because a name such as {@code GW_PROXY} can contain the
   *     name of a key.
   */
  private Set<String> designators(List<String> written) {
    Set<String> designators = new TreeSet<>();
    for (String rest : context.environment().below(prefix)) {
      Optional<String> known =
          written.stream()
              .filter(name -> rest.startsWith(name + "_") && isKey(rest.substring(name.length())))
              .findFirst();
      if (known.isPresent()) {
        designators.add(known.get());
        continue;
      }
      int nested = -1;
      for (ConfigKeys group : keys.nested()) {
        nested = Math.max(nested, rest.indexOf("_" + Environment.word(group.name()) + "_"));
      }
      String longest = "";
      for (String key : keys.single()) {
        for (String ending : Environment.spellings("", key)) {
          if (rest.endsWith(ending) && ending.length() > longest.length()) {
            longest = ending;
          }
        }
      }
      int end = nested > 0 ? nested : rest.length() - longest.length();
      if (end > 0 && end < rest.length()) {
        designators.add(rest.substring(0, end));
      }
    }
    return designators;
  }

  /**
   * Returns whether the end of an environment variable's name refers to a key of a list entry. That
   * end comes after the name of the entry: {@code _HUB} in {@code LOCKSTEP_SOURCES_SIGNINS_HUB}
   * refers to the key {@code hub}. If it begins with a group of keys, the key in the group is not
   * checked.
   */
  private boolean isKey(String rest) {
    return keys.nested().stream()
            .anyMatch(group -> rest.startsWith("_" + Environment.word(group.name()) + "_"))
        || keys.single().stream().anyMatch(key -> Environment.spellings("", key).contains(rest));
  }

  private static @Nullable String nameOf(Node node) {
    if (node instanceof MappingNode mapping) {
      for (var tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key
            && key.getValue().equals("name")
            && tuple.getValueNode() instanceof ScalarNode value) {
          return value.getValue();
        }
      }
    }
    return null;
  }
}
