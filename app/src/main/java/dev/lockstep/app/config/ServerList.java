package dev.lockstep.app.config;

import org.jspecify.annotations.Nullable;

/** List of brokers as Kafka writes it: each a host and a port, with commas between them. */
public final class ServerList {
  private ServerList() {}

  /** Returns the first server that is not a host and a port, or null if all servers are. */
  public static @Nullable String firstWrong(String text) {
    int start = 0;
    while (start <= text.length()) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 ? text.length() : comma;
      String server = text.substring(start, end).strip();
      int colon = server.lastIndexOf(':');
      if (colon <= 0 || !isPort(server.substring(colon + 1)) || server.contains("/")) {
        return server;
      }
      start = end + 1;
    }
    return null;
  }

  private static boolean isPort(String text) {
    try {
      int port = Integer.parseInt(text);
      return port > 0 && port <= 65535;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
