package dev.lockstep.app.rules;

import dev.lockstep.detections.sigma.document.Header;
import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rule or candidate of the catalogue with its configured settings.
 *
 * @param origins place of each configured value by key: file and line, or environment variable; a
 *     key that is absent has its default, except the setting that {@link #variant} changed
 */
public record ConfiguredRule(
    RuleCatalogue.Entry entry, Settings settings, Map<String, String> origins) {
  public ConfiguredRule {
    origins = Map.copyOf(origins);
  }

  public String id() {
    return entry.id();
  }

  /**
   * Returns the name of this candidate: the part of the id after the character {@code @}. The name
   * is empty for a rule that is no candidate.
   */
  public String candidate() {
    return entry.info().variant();
  }

  /**
   * Returns the settings whose values differ between a variant and its rule, or between two
   * variants of one rule.
   */
  public List<Setting> differences(ConfiguredRule other) {
    return info().settings().stream()
        .filter(setting -> number(setting) != other.number(setting))
        .toList();
  }

  Map<String, Double> given() {
    Map<String, Double> given = new HashMap<>();
    for (Setting setting : info().settings()) {
      if (origins.containsKey(setting.name())) {
        given.put(setting.name(), number(setting));
      }
    }
    return given;
  }

  /** Returns the value of a setting as a number. A switch is 1 if it is on, otherwise 0. */
  public double number(Setting setting) {
    return setting.type() == Setting.Type.FLAG
        ? (settings.is(setting) ? 1 : 0)
        : settings.decimal(setting);
  }

  /**
   * Returns a variant of this rule that runs in shadow with another value of one setting.
   *
   * @param name name of the variant
   * @throws IllegalArgumentException if the value is out of the setting's bounds
   */
  public ConfiguredRule variant(String name, Setting setting, double value) {
    Map<String, Double> given = given();
    given.put(setting.name(), value);
    RuleCatalogue.Entry variant = entry.variant(name);
    return new ConfiguredRule(
        variant, Settings.of(variant.info(), true, true, settings.setCap(), given), origins);
  }

  public RuleInfo info() {
    return entry.info();
  }

  public String value(Setting setting) {
    return setting.written(number(setting));
  }

  /**
   * Returns the file and line, or the environment variable, that sets the rule's key {@code
   * shadow}. If nothing sets that key, the result is the word {@code default}.
   *
   * @param folder folder of the configuration, from which the path of a Sigma file starts; the
   *     returned path starts from the current folder if the file is below it
   */
  public String shadowAt(Path folder) {
    String at = origin(RulesReader.SHADOW.name());
    Header document = entry.document();
    if (document == null || !at.equals(document.shadowAt().toString())) {
      return at;
    }
    Path file = folder.resolve(document.shadowAt().file()).toAbsolutePath().normalize();
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(file)
        ? (file.startsWith(here) ? here.relativize(file) : file) + ":" + document.shadowAt().line()
        : at;
  }

  /**
   * Returns the file and line, or the environment variable, that sets the rule's key {@code
   * enabled}. If nothing sets that key, the result is the word {@code default}.
   */
  public String enabledAt() {
    return origin(RulesReader.ENABLED.name());
  }

  String origin(String key) {
    return origins.getOrDefault(key, "default");
  }
}
