package dev.lockstep.rules;

import java.util.List;
import java.util.Map;

/** Settings of one rule, as configured. Immutable. */
public final class Settings {
  private final boolean enabled;
  private final boolean shadow;
  private final int setCap;
  private final double[] values;

  private Settings(boolean enabled, boolean shadow, int setCap, double[] values) {
    this.enabled = enabled;
    this.shadow = shadow;
    this.setCap = setCap;
    this.values = values;
  }

  /** Returns the defaults of a rule. */
  public static Settings defaults(RuleInfo rule) {
    return of(rule, true, false, 256, Map.of());
  }

  /**
   * Returns settings of a rule; what is not given is the default.
   *
   * @param enabled whether it runs
   * @param shadow whether it runs and counts, but forwards nothing
   * @param setCap how many members a set keeps, at least 2
   * @param given by the settings' names; 1 is yes
   * @throws IllegalArgumentException if a value is out of its bounds, or no setting has that name
   */
  public static Settings of(
      RuleInfo rule, boolean enabled, boolean shadow, int setCap, Map<String, Double> given) {
    List<Setting> all = rule.settings();
    for (String name : given.keySet()) {
      if (all.stream().noneMatch(setting -> setting.name().equals(name))) {
        throw new IllegalArgumentException("rule %s has no setting %s".formatted(rule.id(), name));
      }
    }
    double[] values = new double[all.size()];
    for (Setting setting : all) {
      values[setting.index()] = given.getOrDefault(setting.name(), setting.byDefault());
    }
    for (Setting setting : all) {
      double most = setting.most();
      Setting ceiling = setting.ceiling();
      if (ceiling != null) {
        most = Math.min(most, values[ceiling.index()]);
        if (!given.containsKey(setting.name())) {
          values[setting.index()] = Math.min(most, values[setting.index()]);
        }
      }
      double value = values[setting.index()];
      if (value < setting.least() || value > most) {
        throw new IllegalArgumentException(
            "%s of rule %s is %s; it has to be from %s to %s"
                .formatted(
                    setting.name(),
                    rule.id(),
                    setting.written(value),
                    setting.written(setting.least()),
                    setting.written(most)));
      }
    }
    return new Settings(enabled, shadow, setCap, values);
  }

  /** Returns if the rule runs. */
  public boolean isEnabled() {
    return enabled;
  }

  /** Returns if the rule runs and counts, but forwards nothing. */
  public boolean isShadow() {
    return shadow;
  }

  /** Returns how many members a set keeps. */
  public int setCap() {
    return setCap;
  }

  /** Returns if a switch is on. */
  public boolean is(Setting setting) {
    return values[setting.index()] != 0;
  }

  /** Returns a whole number. */
  public int integer(Setting setting) {
    return (int) values[setting.index()];
  }

  /** Returns a number. */
  public double decimal(Setting setting) {
    return values[setting.index()];
  }
}
