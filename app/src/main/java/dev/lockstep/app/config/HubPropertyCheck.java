package dev.lockstep.app.config;

import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.terminal.CommaList;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.sentinel.sink.Loopback;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Check that the Kafka client properties of an event hub's source do not expose the hub's
 * credential. The client may send the credential to Event Hubs if the connection is encrypted, and
 * to a broker on this machine. Only the key {@code auth} decides the login.
 */
final class HubPropertyCheck {
  private static final String SERVERS = "bootstrap.servers";
  private static final String PROTOCOL = "security.protocol";
  private static final String HOST_NAME_CHECK = "ssl.endpoint.identification.algorithm";
  private static final List<String> SUFFIXES =
      List.of(
          ".servicebus.windows.net",
          ".servicebus.usgovcloudapi.net",
          ".servicebus.chinacloudapi.cn");

  private HubPropertyCheck() {}

  /**
   * Checks that no property would expose the credential or change the login.
   *
   * @param namespace namespace as configured, or null
   * @throws OperatorException if a property is rejected
   */
  static void check(Map<String, ConfigValue> properties, @Nullable String namespace) {
    ConfigValue servers = properties.get(SERVERS);
    boolean local = servers != null;
    for (String host : servers == null ? List.<String>of() : hosts(servers.text())) {
      boolean loopback = Loopback.is(host);
      local &= loopback;
      if (servers != null && !loopback && !isHub(host, namespace)) {
        throw servers.bad(
            "would send the hub's credential to another host",
            "remove it, or read that host with a source of type kafka");
      }
    }
    for (Map.Entry<String, ConfigValue> property : properties.entrySet()) {
      String key = property.getKey();
      ConfigValue setting = property.getValue();
      if (key.startsWith("sasl.") && !isTiming(key)) {
        throw OperatorException.inConfig(
            setting.origin(),
            setting.key()
                + " cannot be set for an event hub, because the key auth decides the login to the"
                + " hub",
            "remove it, or read the hub with a source of type kafka");
      }
      if (!local && key.equals(PROTOCOL) && !setting.value().strip().equalsIgnoreCase("SASL_SSL")) {
        throw setting.bad(
            "is not SASL_SSL, the only protocol that logs in to a hub by an encrypted connection",
            "remove it");
      }
      if (!local
          && key.equals(HOST_NAME_CHECK)
          && !setting.value().strip().equalsIgnoreCase("https")) {
        throw setting.bad(
            "turns off host name verification, so the hub's credential could go to any host",
            "remove it");
      }
    }
  }

  private static boolean isTiming(String key) {
    return key.startsWith("sasl.login.") && !key.endsWith(".class");
  }

  private static boolean isHub(String host, @Nullable String namespace) {
    return host.equalsIgnoreCase(namespace) || isEventHubs(host);
  }

  /** Returns whether a host name belongs to an Event Hubs namespace in one of Azure's clouds. */
  static boolean isEventHubs(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return SUFFIXES.stream().anyMatch(lower::endsWith);
  }

  private static List<String> hosts(String servers) {
    List<String> hosts = new ArrayList<>();
    for (String server : CommaList.of(servers)) {
      int colon = server.lastIndexOf(':');
      hosts.add((colon < 0 ? server : server.substring(0, colon)).toLowerCase(Locale.ROOT));
    }
    return hosts;
  }
}
