package dev.lockstep.app.rules;

import dev.lockstep.rules.RuleInfo;
import dev.lockstep.rules.Setting;
import dev.lockstep.rules.Settings;
import java.util.Map;

/**
 * Rule of the catalogue with its settings.
 *
 * @param origins where the value of a setting was written, by key: file and line, or the
 *     environment variable; a key that is not there has its default
 */
public record ConfiguredRule(
    RuleCatalogue.Entry entry, Settings settings, Map<String, String> origins) {
  /** Copies. */
  public ConfiguredRule {
    origins = Map.copyOf(origins);
  }

  public String id() {
    return entry.id();
  }

  public RuleInfo info() {
    return entry.info();
  }

  /** Returns the value of a setting as it is written in the configuration. */
  public String value(Setting setting) {
    return setting.written(
        setting.type() == Setting.Type.FLAG
            ? (settings.is(setting) ? 1 : 0)
            : settings.decimal(setting));
  }

  /** Returns where the value of a key was written, or {@code default}. */
  String origin(String key) {
    return origins.getOrDefault(key, "default");
  }
}
