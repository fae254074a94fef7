package dev.lockstep.rules;

import java.util.List;
import java.util.Map;

/**
 * Configuration of one rule: the values of its settings, whether it is enabled and in shadow, and
 * how many members its sets keep. Immutable.
 */
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

  /** Returns the default settings of a rule. */
  public static Settings defaults(RuleInfo rule) {
    return of(rule, true, false, 256, Map.of());
  }

  /**
   * Returns settings of a rule, with the default for each value that is not given.
   *
   * @param enabled if the rule runs
   * @param shadow if the rule's findings are kept but not sent
   * @param setCap largest number of members that a set keeps, at least 2; also the largest number
   *     of facts of a kind and of findings of a day, if the rule gives no number
   * @param given values by setting name; for a flag 1 means true
   * @throws IllegalArgumentException if a value is out of bounds, or the rule has no setting of a
   *     given name
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
            "the setting %s of rule %s is %s; the value has to be from %s to %s%s"
                .formatted(
                    setting.name(),
                    rule.id(),
                    setting.written(value),
                    setting.written(setting.least()),
                    setting.written(most),
                    ceiling != null && most < setting.most()
                        ? ", the value of " + ceiling.name()
                        : ""));
      }
    }
    return new Settings(enabled, shadow, setCap, values);
  }

  /** Returns whether the configuration enables the rule. An enabled rule may sleep. */
  public boolean isEnabled() {
    return enabled;
  }

  /**
   * Returns whether the rule's findings are kept but not sent. It may be true for a rule that does
   * not run.
   */
  public boolean isShadow() {
    return shadow;
  }

  /**
   * Returns the largest number of members that a set of a fact or finding keeps. It also limits the
   * facts of a kind and the findings of a day if the rule gives no other number.
   */
  public int setCap() {
    return setCap;
  }

  /** Returns the value of a setting that is a flag. */
  public boolean is(Setting setting) {
    return values[setting.index()] != 0;
  }

  /** Returns the value of a setting that is a whole number. */
  public int integer(Setting setting) {
    return (int) values[setting.index()];
  }

  /** Returns the value of a setting that is a number, which may have a fraction. */
  public double decimal(Setting setting) {
    return values[setting.index()];
  }
}
