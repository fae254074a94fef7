package dev.lockstep.app.rules;

import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import java.util.Map;

/**
 * Rule of the catalogue with its settings.
 *
 * @param origins place of each configured value by key: file and line, or environment variable; a
 *     key that is absent has its default
 */
public record ConfiguredRule(
    RuleCatalogue.Entry entry, Settings settings, Map<String, String> origins) {
  /** Creates a configured rule with a copy of the origins. */
  public ConfiguredRule {
    origins = Map.copyOf(origins);
  }

  public String id() {
    return entry.id();
  }

  public RuleInfo info() {
    return entry.info();
  }

  /** Returns the value of a setting as configuration files write it. */
  public String value(Setting setting) {
    return setting.written(
        setting.type() == Setting.Type.FLAG
            ? (settings.is(setting) ? 1 : 0)
            : settings.decimal(setting));
  }

  /** Returns the place that puts the rule in shadow or not, or {@code default}. */
  public String shadowAt() {
    return origin(RulesReader.SHADOW.name());
  }

  /** Returns the place of a key's value, or {@code default}. */
  String origin(String key) {
    return origins.getOrDefault(key, "default");
  }
}
