package dev.lockstep.app.setting;

import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.schemas.text.SecretMask;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Declaration of a configuration key with a value: name, type, bounds, default and meaning. Parser,
 * environment variables, the schema for editors and the documentation are derived from the
 * declarations.
 *
 * <p>A key is declared once, as a constant beside the code that reads the value, and not changed
 * afterwards.
 *
 * @param <T> type of the parsed value
 */
public final class ConfigKey<T> {
  /**
   * Type of the value that a configuration key has in the file or in an environment variable, such
   * as text or integer.
   */
  public enum Type {
    TEXT,
    WORD,
    FLAG,
    INTEGER,
    DECIMAL,
    SIZE,
    SECRET
  }

  private final String name;
  private final Type type;
  private final String form;
  private final Function<ConfigValue, T> parser;
  private final String sentence;
  private double least;
  private double most;
  private List<String> words = List.of();
  private @Nullable String byDefault;
  private String fix = "set it";
  private List<String> entryTypes = List.of();
  private List<String> readers = List.of();
  private boolean list;
  private boolean hidden;
  private boolean path;

  private ConfigKey(
      String name, Type type, String form, Function<ConfigValue, T> parser, String sentence) {
    this.name = name;
    this.type = type;
    this.form = form;
    this.parser = parser;
    this.sentence = sentence;
  }

  /**
   * Declares a key whose value is a text of a certain form.
   *
   * @param form a few words for the form, such as {@code HOST:PORT}
   * @param parser parser, which refuses a text that does not have the form
   * @param sentence meaning of the key, one sentence
   */
  public static <T> ConfigKey<T> text(
      String name, String form, Function<ConfigValue, T> parser, String sentence) {
    return new ConfigKey<>(name, Type.TEXT, form, parser, sentence);
  }

  /** Declares a key whose value is any text that is not blank. */
  public static ConfigKey<String> text(String name, String sentence) {
    return text(name, "text", ConfigValue::text, sentence);
  }

  /** Declares a key whose value is a path, which need not exist. */
  public static ConfigKey<Path> path(String name, String sentence) {
    return text(name, "path", ConfigValue::path, sentence).ofPath();
  }

  /** Declares a key whose value is the path of a folder, which need not exist. */
  public static ConfigKey<Path> folder(String name, String sentence) {
    return text(name, "path", ConfigValue::namedFolder, sentence).ofPath();
  }

  /** Declares a key whose value is the path of an existing file. */
  public static ConfigKey<Path> file(String name, String sentence) {
    return text(name, "file", ConfigValue::existingFile, sentence).ofPath();
  }

  /**
   * Declares a key with the path of an existing file or folder as its value. The file may be
   * missing if a folder of that name with the ending {@code .d} exists, such as {@code
   * exceptions.d} for {@code exceptions.yaml}.
   */
  public static ConfigKey<Path> fileOrFolder(String name, String sentence) {
    return text(name, "file or folder", ConfigValue::existingFileOrFolder, sentence).ofPath();
  }

  /** Declares a key whose value is secret and never shown. */
  public static ConfigKey<Secret> secret(String name, String sentence) {
    return secret(name, ConfigValue::secret, sentence);
  }

  /** Declares a key whose value is secret and never shown. The parser may refuse the value. */
  public static ConfigKey<Secret> secret(
      String name, Function<ConfigValue, Secret> parser, String sentence) {
    return new ConfigKey<>(name, Type.SECRET, "secret", parser, sentence).hidden();
  }

  /** Declares a key whose value is {@code true} or {@code false}. */
  public static ConfigKey<Boolean> flag(String name, String sentence) {
    return flag(name, ConfigValue::yesOrNo, sentence);
  }

  /**
   * Declares a key whose value is {@code true} or {@code false}, with a parser that turns the value
   * into an object.
   */
  public static <T> ConfigKey<T> flag(
      String name, Function<ConfigValue, T> parser, String sentence) {
    return new ConfigKey<>(name, Type.FLAG, "`true` or `false`", parser, sentence);
  }

  /**
   * Declares a key whose value is a whole number between two bounds, both inclusive. {@link
   * ConfigValue} refuses any other value. For a port, see {@link Port}.
   */
  public static ConfigKey<Integer> integer(String name, int least, int most, String sentence) {
    return number(
        name, Type.INTEGER, least, most, setting -> setting.integer(least, most), sentence);
  }

  /** Declares a key whose value is a whole number, which may be larger than an {@code int}. */
  public static ConfigKey<Long> whole(String name, long least, long most, String sentence) {
    return number(
        name,
        Type.INTEGER,
        (double) least,
        (double) most,
        setting -> setting.whole(least, most),
        sentence);
  }

  /** Declares a key whose value is a number between two bounds. The parser checks the bounds. */
  public static <T> ConfigKey<T> number(
      String name,
      Type type,
      double least,
      double most,
      Function<ConfigValue, T> parser,
      String sentence) {
    String from = ConfigValue.shown(least) + " to " + ConfigValue.shown(most);
    ConfigKey<T> key = new ConfigKey<>(name, type, from, parser, sentence);
    key.least = least;
    key.most = most;
    return key;
  }

  /** Declares a key whose value is a number of bytes, such as {@code 200 MB}. */
  public static ConfigKey<Long> size(String name, long least, String sentence) {
    String form = "bytes, or a size such as `200 MB`; " + least + " at least";
    ConfigKey<Long> key =
        new ConfigKey<>(name, Type.SIZE, form, setting -> setting.bytes(least), sentence);
    key.least = (double) least;
    return key;
  }

  /**
   * Declares a key whose value is one of several words.
   *
   * @param values values that the key can have
   * @param word function that returns the word of a value
   */
  public static <T> ConfigKey<T> word(
      String name, List<T> values, Function<T, String> word, String sentence) {
    Map<String, T> words = new LinkedHashMap<>();
    values.forEach(value -> words.put(word.apply(value), value));
    List<String> known = List.copyOf(words.keySet());
    String form = "`" + String.join("`, `", known) + "`";
    ConfigKey<T> key =
        new ConfigKey<>(name, Type.WORD, form, setting -> setting.oneOf(words), sentence);
    key.words = known;
    return key;
  }

  /** Sets the default, as a person would write it. */
  public ConfigKey<T> byDefault(Object written) {
    byDefault = written.toString();
    return this;
  }

  /**
   * Sets the fix for the error about a missing value of this key. {@link Section#value} and {@link
   * Section#require} throw that error; the key stays optional for {@link Section#optional}.
   */
  public ConfigKey<T> fixIfMissing(String what) {
    fix = what;
    return this;
  }

  /**
   * Sets the fix for the error about a missing value of this key: the fix lists the key's words.
   */
  public ConfigKey<T> fixIfMissing() {
    return fixIfMissing("set it to " + DisplayFormat.joined(words, "or"));
  }

  /**
   * Allows the key only in entries of certain types, such as sources of type {@code kafka}. Entries
   * of other types refuse the key.
   */
  public ConfigKey<T> only(String... types) {
    entryTypes = List.of(types);
    return this;
  }

  /**
   * Sets the names of the commands that use the value. A key needs none if the group that contains
   * it has them.
   */
  public ConfigKey<T> readBy(String... commands) {
    readers = List.of(commands);
    return this;
  }

  /** Lets this key have a list of values, or a single one. */
  public ConfigKey<T> list() {
    list = true;
    return this;
  }

  private ConfigKey<T> ofPath() {
    path = true;
    return this;
  }

  /** Hides the value in every output. */
  public ConfigKey<T> hidden() {
    hidden = true;
    return this;
  }

  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  /** Returns a few words about the form of a value, for the documentation. */
  public String form() {
    return form;
  }

  public String sentence() {
    return sentence;
  }

  public double least() {
    return least;
  }

  public double most() {
    return most;
  }

  /**
   * Returns the words that are allowed as the value of this key. The list is empty if the value is
   * not a word.
   */
  public List<String> words() {
    return words;
  }

  /** Returns the default as a person would write it, or null if there is no default. */
  public @Nullable String byDefault() {
    return byDefault;
  }

  /**
   * Returns the types of sources or other entries in which the key is allowed, or an empty list if
   * all types allow it.
   */
  public List<String> entryTypes() {
    return entryTypes;
  }

  /**
   * Returns the commands that use the value. The list is empty if the group of the key names them.
   */
  public List<String> readers() {
    return readers;
  }

  public boolean isList() {
    return list;
  }

  /** Returns whether the value is the path of a file or folder. */
  boolean isPath() {
    return path;
  }

  String fix() {
    return fix;
  }

  /** Parses a value. A value without the form of the key is refused. */
  public T read(ConfigValue value) {
    return parser.apply(value);
  }

  String shown(ConfigValue value) {
    return hidden ? EffectiveValue.HIDDEN : SecretMask.of(value.raw());
  }
}
