package dev.lockstep.app.setting;

import java.util.ArrayList;
import java.util.List;

/**
 * Declaration of a group of keys of the configuration.
 *
 * @param name name of the key above the group, empty for the top level of the file
 * @param sentence meaning of the group, one sentence
 * @param form whether the YAML below the name is a mapping, a list, or a mapping with any keys
 * @param owners types of entry that may have the group; empty if all may
 * @param isSwitchable whether {@code false} may be written instead of the group
 * @param readers commands that use the values; all commands refuse an invalid value
 * @param keys keys that have a value
 * @param nested nested groups of keys below this group
 */
public record ConfigKeys(
    String name,
    String sentence,
    Form form,
    List<String> owners,
    boolean isSwitchable,
    List<String> readers,
    List<ConfigKey<?>> keys,
    List<ConfigKeys> nested) {
  /** Form of the YAML below the name of a group of keys. */
  public enum Form {
    /** YAML mapping with the configuration keys of one group, such as those below {@code kafka}. */
    MAPPING,
    /**
     * YAML list in which each entry has the configuration keys of the group, such as the list below
     * {@code sources}.
     */
    LIST,
    /** YAML mapping whose keys Lockstep does not define, such as Kafka client properties. */
    FREE
  }

  public ConfigKeys {
    owners = List.copyOf(owners);
    readers = List.copyOf(readers);
    keys = List.copyOf(keys);
    nested = List.copyOf(nested);
  }

  public static ConfigKeys mapping(String name, String sentence, List<ConfigKey<?>> keys) {
    return new ConfigKeys(
        name, sentence, Form.MAPPING, List.of(), false, List.of(), keys, List.of());
  }

  /** Declares a group of keys as a YAML list, in which each entry may have the given keys. */
  public static ConfigKeys list(String name, String sentence, List<ConfigKey<?>> keys) {
    return new ConfigKeys(name, sentence, Form.LIST, List.of(), false, List.of(), keys, List.of());
  }

  /**
   * Declares a YAML mapping whose keys Lockstep does not define, such as Kafka client properties.
   */
  public static ConfigKeys free(String name, String sentence) {
    return new ConfigKeys(
        name, sentence, Form.FREE, List.of(), false, List.of(), List.of(), List.of());
  }

  public ConfigKeys with(List<ConfigKeys> groups) {
    return new ConfigKeys(name, sentence, form, owners, isSwitchable, readers, keys, groups);
  }

  /**
   * Returns a copy of this group of keys that is allowed only in entries of some types, such as
   * sources of type {@code kafka}.
   */
  public ConfigKeys only(String... types) {
    return new ConfigKeys(
        name, sentence, form, List.of(types), isSwitchable, readers, keys, nested);
  }

  /**
   * Returns a copy of this group of keys that the configuration may turn off with the value {@code
   * false} in place of the keys.
   */
  public ConfigKeys switchable() {
    return new ConfigKeys(name, sentence, form, owners, true, readers, keys, nested);
  }

  public ConfigKeys readBy(String... commands) {
    return new ConfigKeys(
        name, sentence, form, owners, isSwitchable, List.of(commands), keys, nested);
  }

  /**
   * Returns the names of those keys of this group that an entry of the given type may not have. A
   * group of nested keys is given by its own name alone.
   *
   * @param type type of an entry, such as {@code kafka} for a source
   */
  public List<String> foreignTo(String type) {
    List<String> foreign = new ArrayList<>();
    keys.stream()
        .filter(key -> isForeign(key.entryTypes(), type))
        .forEach(k -> foreign.add(k.name()));
    nested.stream()
        .filter(one -> isForeign(one.owners(), type))
        .forEach(n -> foreign.add(n.name()));
    return foreign;
  }

  static boolean isForeign(List<String> owners, String type) {
    return !owners.isEmpty() && !owners.contains(type);
  }

  List<String> single() {
    return keys.stream().map(ConfigKey::name).toList();
  }

  List<String> names() {
    List<String> names = new ArrayList<>(single());
    nested.forEach(group -> names.add(group.name()));
    return names;
  }
}
