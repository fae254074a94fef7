package dev.lockstep.app.setting;

/**
 * Effective value of a configuration key, with its origin.
 *
 * @param key full path of the key, such as {@code kafka.partitions}
 * @param value value as written, or {@link #HIDDEN}
 * @param origin file and line, environment variable, or {@link #DEFAULT}
 */
public record EffectiveValue(String key, String value, String origin) {
  /** Text that output shows instead of a secret value. */
  public static final String HIDDEN = "(hidden)";

  /** Origin of a value that is not configured but is the default of its key. */
  public static final String DEFAULT = "default";
}
