package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Port;
import dev.lockstep.app.terminal.CommaList;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.text.Quoted;
import org.jspecify.annotations.Nullable;

/**
 * Check of a list of brokers in Kafka's form: the host and port of each broker, with commas between
 * them. It has the messages about a wrong broker in the configuration and in an option.
 */
public final class BootstrapServers {
  private static final String IS_WRONG = " is not a host and a port";
  private static final String FIX = "give HOST:PORT, with a port from 1 to 65535";

  private BootstrapServers() {}

  /**
   * Returns a list of brokers from the configuration.
   *
   * @throws OperatorException if a server is not a host and a port
   */
  static String parse(ConfigValue setting) {
    String text = setting.text().strip();
    String wrong = firstWrong(text);
    if (wrong != null) {
      throw setting.bad(
          "names the server " + Quoted.of(wrong) + ", which" + IS_WRONG,
          FIX + "; write commas between several servers");
    }
    return text;
  }

  /**
   * Returns the configured list of brokers of the cluster that holds Lockstep's state.
   *
   * @throws OperatorException if a server is not a host and a port, or belongs to Event Hubs, which
   *     has no transactions and no compacted topics of the size that the state needs
   */
  static String parseOfState(ConfigValue setting) {
    String text = parse(setting);
    for (String server : CommaList.of(text)) {
      if (HubPropertyCheck.isEventHubs(server.substring(0, server.lastIndexOf(':')))) {
        throw setting.bad(
            "belongs to Event Hubs, which cannot hold Lockstep's state",
            "name a Kafka cluster here, such as one that the command \"lockstep broker\" starts, and"
                + " name the hub as a source instead");
      }
    }
    return text;
  }

  /**
   * Returns the message about the first server in an option that is not a host and a port, or null
   * if there is none.
   *
   * @param option option with its dashes
   */
  public static @Nullable String problem(String option, String text) {
    String wrong = firstWrong(text.strip());
    return wrong == null
        ? null
        : "could not use "
            + option
            + ": "
            + Quoted.of(wrong)
            + IS_WRONG
            + "; "
            + FIX
            + ", and commas between several servers";
  }

  /** Returns the first server that is not a host and a port, or null if there is no such server. */
  private static @Nullable String firstWrong(String text) {
    for (String server : CommaList.of(text)) {
      int colon = server.lastIndexOf(':');
      if (colon <= 0
          || !isHost(server.substring(0, colon))
          || !Port.isPort(server.substring(colon + 1))) {
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
}
