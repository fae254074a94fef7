package dev.lockstep.rules;

import org.jspecify.annotations.Nullable;

/**
 * Setting of a rule, declared once as a constant of the rule. Configuration keys, environment
 * variables, {@code rules show} and the documentation come from it.
 */
public final class Setting {
  /** Type of a setting's value. */
  public enum Type {
    FLAG,
    INTEGER,
    DECIMAL
  }

  private static final int UNBOUND = -1;

  private final String name;
  private final Type type;
  private final double byDefault;
  private final double least;
  private final double most;
  private final String sentence;
  private @Nullable Setting ceiling;
  private int index = UNBOUND;

  private Setting(
      String name, Type type, double byDefault, double least, double most, String sentence) {
    this.name = name;
    this.type = type;
    this.byDefault = byDefault;
    this.least = least;
    this.most = most;
    this.sentence = sentence;
  }

  /**
   * Declares a setting whose value is true or false.
   *
   * @param name name of the setting in camel case, such as {@code workloads}
   * @param sentence effect of the setting, in one sentence
   */
  public static Setting flag(String name, boolean byDefault, String sentence) {
    return new Setting(name, Type.FLAG, byDefault ? 1 : 0, 0, 1, sentence);
  }

  /** Declares a setting whose value is a whole number between two bounds, both inclusive. */
  public static Setting integer(
      String name, long byDefault, long least, long most, String sentence) {
    return new Setting(name, Type.INTEGER, byDefault, least, most, sentence);
  }

  /** Declares a setting whose value is a decimal number between two bounds, both inclusive. */
  public static Setting decimal(
      String name, double byDefault, double least, double most, String sentence) {
    return new Setting(name, Type.DECIMAL, byDefault, least, most, sentence);
  }

  /**
   * Makes the value of another setting a further upper bound of this setting. A default above that
   * bound is lowered to it.
   */
  public Setting atMost(Setting other) {
    ceiling = other;
    return this;
  }

  /** Returns the name of this setting, which is its configuration key. */
  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  /** Returns the default value. For a flag 1 means true. */
  public double byDefault() {
    return byDefault;
  }

  /** Returns the smallest allowed value. */
  public double least() {
    return least;
  }

  /**
   * Returns the largest allowed value. The value of the setting {@link #ceiling()} may lower it.
   */
  public double most() {
    return most;
  }

  /** Returns the setting whose value this one must not exceed, or null if there is none. */
  public @Nullable Setting ceiling() {
    return ceiling;
  }

  /** Returns the effect of this setting, in one sentence. */
  public String sentence() {
    return sentence;
  }

  /** Returns a value as configuration files write it. */
  public String written(double value) {
    if (type == Type.FLAG) {
      return value != 0 ? "true" : "false";
    }
    boolean isWhole = Math.rint(value) == value && Math.abs(value) < 1e15;
    return isWhole ? Long.toString((long) value) : Double.toString(value);
  }

  int index() {
    if (index == UNBOUND) {
      throw new IllegalStateException(
          "setting "
              + name
              + " belongs to no rule; name it in settings() of the rule's description");
    }
    return index;
  }

  void bind(int place) {
    if (index != UNBOUND && index != place) {
      throw new IllegalArgumentException(
          "the Setting object of "
              + name
              + " is listed twice in one rule, or by two rules; list it once, and declare a Setting"
              + " object of its own for each rule");
    }
    index = place;
  }
}
