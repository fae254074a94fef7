package dev.lockstep.app.config;

import dev.lockstep.app.rules.RuleJars;
import dev.lockstep.app.setting.EffectiveValue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the configuration's values in effect, with the origin of each, for {@code config show}.
 */
public final class EffectiveValues {
  private EffectiveValues() {}

  /**
   * Returns the values in effect, in the order in which they are read.
   *
   * @param file null for environment and defaults only
   * @throws dev.lockstep.app.terminal.OperatorException if a key is unknown or a value cannot be
   *     used
   */
  public static List<EffectiveValue> of(@Nullable Path file, Map<String, String> environment) {
    Map<String, EffectiveValue> values = new LinkedHashMap<>();
    ConfigReader.read(
        file, file == null ? null : ConfigReader.parse(file), environment, new RuleJars(), values);
    return List.copyOf(values.values());
  }
}
