package dev.lockstep.app.setting;

/**
 * Value of a key that is in effect.
 *
 * @param key its full path, such as {@code kafka.partitions}
 * @param value as written, or {@link #HIDDEN}
 * @param origin file and line, environment variable, or {@link #DEFAULT}
 */
public record EffectiveValue(String key, String value, String origin) {
  /** Text in place of a value that is never shown. */
  public static final String HIDDEN = "(hidden)";

  /** Origin of a value that nobody has set. */
  public static final String DEFAULT = "default";
}
