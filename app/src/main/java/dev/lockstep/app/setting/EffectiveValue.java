package dev.lockstep.app.setting;

/**
 * Value of a key that is in effect.
 *
 * @param key its full path, such as {@code kafka.partitions}
 * @param value as written, or {@link #HIDDEN}
 * @param origin file and line, environment variable, or {@link #DEFAULT}
 */
public record EffectiveValue(String key, String value, String origin) {
  /** Stands for a value that is never shown. */
  public static final String HIDDEN = "(hidden)";

  /** The origin of what nobody has set. */
  public static final String DEFAULT = "default";
}
