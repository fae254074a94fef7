package dev.lockstep.app.setting;

import dev.lockstep.app.terminal.CommaList;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.enrichment.file.NearestNames;
import dev.lockstep.schemas.text.Quoted;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Mapping in the configuration file, from which declared keys are read unless an environment
 * variable overrides them.
 *
 * <p>Whoever opens a section declares the allowed keys; any other key in the file is rejected.
 */
public final class Section {
  /**
   * Shared state of all sections of one configuration.
   *
   * @param files receiver of each file and folder that a key names, with the key
   */
  public record Context(
      String file,
      Path folder,
      Environment environment,
      References references,
      Map<String, EffectiveValue> effective,
      Map<Path, String> files) {
    String origin(Node node) {
      return file + ":" + node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    void record(String key, String value, String origin) {
      effective.put(key, new EffectiveValue(key, value, origin));
    }

    void recordPath(ConfigKey<?> key, ConfigValue value) {
      if (key.isPath()) {
        files.putIfAbsent(value.path(), value.key());
      }
    }

    /**
     * Records the value of a Kafka setting as a file if the value is the path of a file, such as a
     * trust store.
     */
    void recordFile(String setting, ConfigValue value) {
      if (FILE_ENDINGS.stream().anyMatch(setting::endsWith)) {
        try {
          files.putIfAbsent(Path.of(value.value()), value.key());
        } catch (InvalidPathException e) { // Kafka refuses the setting with its name
        }
      }
    }
  }

  /** Endings of the names of Kafka's settings whose value is the path of a file. */
  private static final List<String> FILE_ENDINGS = List.of(".location", ".file");

  private static final String SINGLE_VALUE = "write a single value";

  /** Placeholder for an unusable entry of a list. Later entries keep their index. */
  public static final class TakenOut extends ScalarNode {
    private final Node was;

    public TakenOut(Node was) {
      super(Tag.NULL, "", ScalarStyle.PLAIN);
      this.was = was;
    }

    Node was() {
      return was;
    }
  }

  private final Context context;
  private final String path;
  private final List<String> variables;
  private final @Nullable Node node;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final ConfigKeys keys;

  /**
   * Creates a section, and refuses keys of the file in this section that are not declared.
   *
   * @param path full name of the section, empty for the root
   * @param variables prefixes of the section's environment variables, in order of precedence
   * @param node mapping in the file; null if the file does not have the section
   */
  public Section(
      Context context, String path, List<String> variables, @Nullable Node node, ConfigKeys keys) {
    this.context = context;
    this.path = path;
    this.variables = variables;
    this.node = node;
    this.keys = keys;
    for (String key : keys.single()) {
      context.environment().firstSet(spellings(key));
    }
    readKeys();
  }

  /** Returns whether the file or an environment variable has a value in this section. */
  public boolean present() {
    return node != null
        || variables.stream().anyMatch(prefix -> !context.environment().below(prefix).isEmpty());
  }

  /**
   * Returns the file and line of this section for error messages, or {@code environment} if the
   * file does not have the section.
   */
  public String origin() {
    return node == null ? "environment" : context.origin(node);
  }

  /**
   * Returns the file and line of a key's value for error messages. Without a value in the file it
   * is the origin of this section.
   */
  public String origin(String key) {
    Node value = values.get(key);
    return value == null ? origin() : context.origin(value);
  }

  String prefix() {
    return variables.get(0);
  }

  public String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Returns the value of a key, or else its default, or null if the key has neither. */
  public <T> @Nullable T optional(ConfigKey<T> key) {
    ConfigValue written = written(key);
    if (written != null) {
      context.record(name(key.name()), key.shown(written), written.origin());
      context.recordPath(key, written);
      return key.read(written);
    }
    String byDefault = key.byDefault();
    if (byDefault == null) {
      return null;
    }
    context.record(name(key.name()), byDefault, EffectiveValue.DEFAULT);
    return key.read(setting(key.name(), byDefault, EffectiveValue.DEFAULT));
  }

  /**
   * Returns the value of a key, or else its default, and throws an exception if the key has
   * neither.
   *
   * @throws OperatorException if there is neither value nor default
   */
  public <T> T value(ConfigKey<T> key) {
    T value = optional(key);
    if (value == null) {
      throw missing(key);
    }
    return value;
  }

  /**
   * Returns the value that the file or the environment gives to a key, or throws an exception if
   * neither gives one.
   *
   * @throws OperatorException if there is no value
   */
  public ConfigValue require(ConfigKey<?> key) {
    ConfigValue written = written(key);
    if (written == null) {
      throw missing(key);
    }
    return written;
  }

  public OperatorException missing(ConfigKey<?> key) {
    return OperatorException.inConfig(origin(), name(key.name()) + " is missing", key.fix());
  }

  /**
   * Returns the value that the environment or the file gives to a key, or null if neither gives
   * one.
   */
  public @Nullable ConfigValue written(ConfigKey<?> key) {
    if (!keys.single().contains(key.name())) {
      throw new IllegalArgumentException("undeclared key " + name(key.name()));
    }
    ConfigValue set = variable(key.name());
    if (set != null) {
      return set;
    }
    Node value = values.get(key.name());
    return value == null ? null : scalar(key.name(), fixIfNotSingle(key), value);
  }

  /** Records a value that is in effect although this section has not read it. */
  public void record(String key, String value, String origin) {
    context.record(name(key), value, origin);
  }

  /**
   * Returns the values of a key that has one value or a list. An environment variable separates
   * them by commas.
   */
  public <T> List<T> values(ConfigKey<T> key) {
    List<T> read = new ArrayList<>();
    for (ConfigValue one : allWritten(key)) {
      read.add(key.read(one));
    }
    return read;
  }

  public List<ConfigValue> allWritten(ConfigKey<?> key) {
    ConfigValue set = variable(key.name());
    Node value = values.get(key.name());
    List<ConfigValue> all = new ArrayList<>();
    if (set != null) {
      List<String> parts = CommaList.of(set.value());
      if (parts.size() == 1) {
        all.add(set);
      } else {
        parts.forEach(part -> all.add(part(set, part)));
      }
    } else if (value instanceof SequenceNode list) {
      for (Node entry : list.getValue()) {
        if (entry instanceof TakenOut) {
          continue;
        }
        ConfigValue one = scalar(key.name(), fixIfNotSingle(key), entry);
        if (one == null) {
          throw OperatorException.inConfig(
              context.origin(entry), name(key.name()) + " has an empty entry", "give it a value");
        }
        all.add(one);
      }
    } else {
      ConfigValue one = written(key);
      if (one != null) {
        all.add(one);
      }
    }
    all.forEach(one -> context.recordPath(key, one));
    if (!all.isEmpty()) {
      String shown = all.stream().map(key::shown).collect(Collectors.joining(", "));
      context.record(name(key.name()), set == null ? shown : key.shown(set), all.get(0).origin());
    }
    return all;
  }

  private static ConfigValue part(ConfigValue list, String text) {
    if (text.isEmpty()) {
      throw OperatorException.inConfig(
          list.origin(),
          list.key() + " has an empty entry",
          "give it a value, or remove its comma");
    }
    return list.part(text);
  }

  @Nullable ConfigValue variable(String key) {
    String variable = context.environment().firstSet(spellings(key));
    return variable == null
        ? null
        : setting(key, context.environment().value(variable), "environment variable " + variable);
  }

  public Section section(ConfigKeys group) {
    String word = Environment.word(group.name());
    List<String> prefixes = variables.stream().map(prefix -> prefix + "_" + word).toList();
    return new Section(context, name(group.name()), prefixes, values.get(group.name()), group);
  }

  /**
   * Throws an exception if this entry has a key or a group of keys that its type may not have.
   *
   * @param type type of this entry
   */
  public void refuseForeign(String type) {
    for (ConfigKey<?> key : keys.keys()) {
      ConfigValue written = ConfigKeys.isForeign(key.entryTypes(), type) ? written(key) : null;
      if (written != null) {
        throw foreign(written.origin(), written.key(), type);
      }
    }
    for (ConfigKeys group : keys.nested()) {
      if (ConfigKeys.isForeign(group.owners(), type)) {
        boolean free = group.form() == ConfigKeys.Form.FREE;
        if (free ? !free(group).isEmpty() : section(group).present()) {
          throw foreign(origin(), name(group.name()), type);
        }
      }
    }
  }

  private static OperatorException foreign(String origin, String key, String type) {
    return OperatorException.inConfig(
        origin, key + " cannot be set for the type " + type, "remove it, or change the type");
  }

  /**
   * Returns the names of the keys directly below a key in the file, or an empty list if the key has
   * none below it.
   */
  public List<String> keysBelow(String key) {
    List<String> below = new ArrayList<>();
    if (values.get(key) instanceof MappingNode mapping) {
      mapping.getValue().forEach(tuple -> below.add(keyOf(tuple.getKeyNode())));
    }
    return below;
  }

  /**
   * Accepts all environment variables whose names begin with the name of the variable for a given
   * key. No keys are declared for these variables, and yet none of them is reported as unknown.
   */
  public void passOver(String key) {
    for (String prefix : variables) {
      context.environment().passOver(prefix + "_" + Environment.word(key));
    }
  }

  /**
   * Returns whether a group of keys is turned off: its value is {@code false}. That value stands in
   * place of the keys, or in the group's environment variable.
   */
  public boolean isOff(ConfigKeys group) {
    String key = group.name();
    ConfigValue set = variable(key);
    if (set == null && values.get(key) instanceof ScalarNode) {
      set = scalar(key, SINGLE_VALUE, values.get(key));
    }
    if (set == null) {
      return false;
    }
    if (!set.value().strip().equalsIgnoreCase("false")) {
      throw set.bad(
          "is neither false nor a group of keys",
          "write false to turn the group off, or remove the value to use the defaults, or "
              + fixBelow(group.names()));
    }
    record(key, set.raw(), set.origin());
    return true;
  }

  List<Node> entries(String key) {
    Node value = values.get(key);
    if (value == null) {
      return List.of();
    }
    if (value instanceof SequenceNode list) {
      return list.getValue();
    }
    throw OperatorException.inConfig(
        context.origin(value), name(key) + " is not a list", "write each entry after a dash");
  }

  /**
   * Returns the values, by key, of a mapping whose keys Lockstep does not define. In an environment
   * variable, an underscore stands for a dot of the key.
   */
  public Map<String, ConfigValue> free(ConfigKeys group) {
    String key = group.name();
    Map<String, ConfigValue> free = new LinkedHashMap<>();
    Node value = values.get(key);
    if (value != null) {
      for (NodeTuple tuple : mapping(name(key), value, fixBelow(List.of())).getValue()) {
        String inner = keyOf(tuple.getKeyNode());
        ConfigValue setting = scalar(key + "." + inner, SINGLE_VALUE, tuple.getValueNode());
        if (setting != null && free.put(inner, setting) != null) {
          throw OperatorException.inConfig(
              setting.origin(), setting.key() + " is written twice", "remove one of the two");
        }
      }
    }
    for (String prefix : variables) {
      String below = prefix + "_" + Environment.word(key);
      for (String rest : context.environment().below(below)) {
        String inner = rest.toLowerCase(Locale.ROOT).replace('_', '.');
        String variable = below + "_" + rest;
        context.environment().firstSet(List.of(variable));
        String origin = "environment variable " + variable;
        free.put(inner, setting(key + "." + inner, context.environment().value(variable), origin));
      }
    }
    free.forEach(
        (inner, one) -> {
          record(key + "." + inner, EffectiveValue.HIDDEN, one.origin());
          context.recordFile(inner, one);
        });
    return free;
  }

  private void readKeys() {
    if (node == null) {
      return;
    }
    List<String> known = keys.names();
    String what = path.isEmpty() ? "the file" : path;
    for (NodeTuple tuple : mapping(what, node, fixOf(node, known)).getValue()) {
      String key = keyOf(tuple.getKeyNode());
      String origin = context.origin(tuple.getKeyNode());
      if (!known.contains(key)) {
        throw OperatorException.inConfig(
            origin,
            "unknown key " + Quoted.of(name(key)),
            "the nearest known one is " + Quoted.of(name(NearestNames.among(known, key))));
      }
      Node value = tuple.getValueNode();
      if (value.getTag().equals(Tag.NULL)) {
        continue;
      }
      if (values.put(key, value) != null) {
        throw OperatorException.inConfig(
            origin, name(key) + " is written twice", "remove one of the two");
      }
    }
  }

  /**
   * Returns the fix for a value that stands where keys are expected, such as a key without a space
   * after its colon.
   */
  private static String fixOf(Node value, List<String> known) {
    if (value instanceof ScalarNode scalar) {
      for (String key : known) {
        if (scalar.getValue().startsWith(key + ":")) {
          return "write a space after the colon of " + key;
        }
      }
    }
    return fixBelow(known);
  }

  private static String fixBelow(List<String> known) {
    return known.isEmpty()
        ? "write names and values on the lines below"
        : "write keys such as " + known.get(0) + " on the lines below";
  }

  private MappingNode mapping(String what, Node value, String fix) {
    if (value instanceof MappingNode mapping) {
      return mapping;
    }
    throw OperatorException.inConfig(context.origin(value), what + " is not a mapping", fix);
  }

  private String keyOf(Node key) {
    if (key instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw OperatorException.inConfig(
        context.origin(key),
        "the name of a key is a list or a mapping, but has to be a text",
        "write a name before the colon");
  }

  private static String fixIfNotSingle(ConfigKey<?> key) {
    return SINGLE_VALUE + ": " + key.form().replace("`", "");
  }

  private @Nullable ConfigValue scalar(String key, String fix, Node value) {
    if (!(value instanceof ScalarNode scalar)) {
      throw OperatorException.inConfig(
          context.origin(value), name(key) + " is not a single value", fix);
    }
    return value.getTag().equals(Tag.NULL)
        ? null
        : setting(key, scalar.getValue(), context.origin(value));
  }

  private ConfigValue setting(String key, String raw, String origin) {
    String full = name(key);
    String value = context.references().resolve(raw, full, origin);
    return new ConfigValue(full, raw, value, origin, context.folder());
  }

  private List<String> spellings(String key) {
    List<String> all = new ArrayList<>();
    for (String prefix : variables) {
      all.addAll(Environment.spellings(prefix, key));
    }
    return all;
  }
}
