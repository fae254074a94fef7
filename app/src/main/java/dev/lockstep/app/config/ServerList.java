package dev.lockstep.app.config;

import dev.lockstep.app.terminal.CommaList;
import org.jspecify.annotations.Nullable;

/** List of brokers as Kafka writes it: each a host and a port, with commas between them. */
public final class ServerList {
  private ServerList() {}

  /** Returns the first server that is not a host and a port, or null if all servers are. */
  public static @Nullable String firstWrong(String text) {
    for (String server : CommaList.of(text)) {
      int colon = server.lastIndexOf(':');
      if (colon <= 0
          || !isHost(server.substring(0, colon))
          || !isPort(server.substring(colon + 1))) {
        return server;
      }
    }
    return null;
  }

  /**
   * Returns whether Kafka's clients accept a text as a host name or address. They end with an error
   * at any other text. A single colon is part of no host: an IPv6 address has two or more.
   */
  private static boolean isHost(String text) {
    return text.chars().filter(c -> c == ':').count() != 1
        && text.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || "-._%:[]".indexOf(c) >= 0);
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
