package dev.lockstep.app.setting;

import org.jspecify.annotations.Nullable;

/**
 * Bounds of the number of a TCP port, and the messages about a wrong port in the configuration and
 * in an option.
 */
public final class Port {
  /** Largest number of a port. */
  private static final int MOST = 65_535;

  private static final String FIX = "give a port from 1 to " + MOST;
  private static final String FIX_TO_LISTEN = FIX + ", or 0 for a free one";

  private Port() {}

  /** Declares a key of the configuration for the port of another host's server. */
  public static ConfigKey<Integer> key(String name, String sentence) {
    return ConfigKey.number(
        name, ConfigKey.Type.INTEGER, 1, MOST, value -> (int) value.whole(1, MOST, FIX), sentence);
  }

  /** Declares a key of the configuration for a port to listen on; 0 takes a free one. */
  public static ConfigKey<Integer> listenKey(String name, String sentence) {
    return ConfigKey.number(
        name,
        ConfigKey.Type.INTEGER,
        0,
        MOST,
        value -> (int) value.whole(0, MOST, FIX_TO_LISTEN),
        sentence);
  }

  /**
   * Returns the message about a wrong port to listen on, or null if the port is right. 0 is right
   * and takes a free port.
   *
   * @param option option with its dashes, such as {@code --port}
   */
  public static @Nullable String problem(String option, int port) {
    return port >= 0 && port <= MOST
        ? null
        : "could not use %s: %d is out of range; %s".formatted(option, port, FIX_TO_LISTEN);
  }

  /** Returns whether a text is the number of a port, from 1 to 65535. */
  public static boolean isPort(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port <= MOST;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
