package dev.lockstep.ingest.azure;

import dev.lockstep.schemas.text.HostName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Static methods that return the properties with which a Kafka client reads event hubs. */
public final class EventHubs {
  private static final int KAFKA_PORT = 9093;
  private static final String UNREADABLE = "could not read the Event Hubs connection string: ";

  private EventHubs() {}

  /**
   * Returns Kafka consumer properties for the namespace of a connection string. They set broker,
   * TLS, credential, and the settings in which Event Hubs differs from Kafka. The caller may
   * override the properties.
   *
   * @throws IllegalArgumentException if the text is not a connection string; the message does not
   *     repeat the text
   */
  public static Map<String, Object> kafkaProperties(String connectionString) {
    String host = host(connectionString);
    Map<String, Object> properties = new HashMap<>(clientProperties());
    properties.put("bootstrap.servers", host + ":" + KAFKA_PORT);
    properties.put("security.protocol", "SASL_SSL");
    properties.put("sasl.mechanism", "PLAIN");
    properties.put("sasl.jaas.config", jaas("$ConnectionString", connectionString.strip()));
    return properties;
  }

  /**
   * Returns Kafka consumer properties for an Event Hubs namespace, at which the consumer logs in as
   * an identity of Entra ID. The identity needs the role <i>Azure Event Hubs Data Receiver</i>. The
   * caller may override the properties.
   *
   * @param namespace host name of the namespace, {@code contoso.servicebus.windows.net}
   */
  public static Map<String, Object> kafkaProperties(String namespace, AzureIdentity identity) {
    Map<String, Object> properties = new HashMap<>(clientProperties());
    properties.put("bootstrap.servers", namespace + ":" + KAFKA_PORT);
    properties.put("security.protocol", "SASL_SSL");
    properties.put("sasl.mechanism", "OAUTHBEARER");
    properties.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
    properties.put("sasl.login.callback.handler.class", AzureLogin.class);
    properties.put(AzureLogin.IDENTITY, identity);
    properties.put(AzureLogin.SCOPE, scope(namespace));
    return properties;
  }

  /**
   * Returns the host in a connection string.
   *
   * @throws IllegalArgumentException if the text is not a connection string; the message does not
   *     repeat the text
   */
  public static String namespace(String connectionString) {
    return host(connectionString);
  }

  /**
   * Returns the event hub that a connection string names as its EntityPath, or null if it names
   * none.
   */
  public static @Nullable String hub(String connectionString) {
    for (String part : parts(connectionString.strip())) {
      int equals = part.indexOf('=');
      if (equals > 0 && part.substring(0, equals).strip().equalsIgnoreCase("EntityPath")) {
        String hub = part.substring(equals + 1).strip();
        return hub.isEmpty() ? null : hub;
      }
    }
    return null;
  }

  static String scope(String namespace) {
    return "https://" + namespace.toLowerCase(Locale.ROOT) + "/.default";
  }

  /**
   * Returns the settings for any Kafka client of Event Hubs. Azure closes connections that are idle
   * for 4 minutes, answers slowly when it throttles, supports the classic group protocol only and
   * takes no client metrics.
   */
  public static Map<String, Object> clientProperties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("metadata.max.age.ms", 180_000);
    properties.put("connections.max.idle.ms", 180_000);
    properties.put("request.timeout.ms", 60_000);
    // The broker notices a killed instance after 10 s; three heartbeats may be late before that.
    properties.put("session.timeout.ms", 10_000);
    properties.put("heartbeat.interval.ms", 3_000);
    properties.put("group.protocol", "classic");
    properties.put("enable.metrics.push", false);
    return properties;
  }

  private static String host(String connectionString) {
    String endpoint = "";
    boolean key = false;
    boolean name = false;
    for (String part : parts(connectionString.strip())) {
      int equals = part.indexOf('=');
      String label = equals < 0 ? "" : part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
      String value = equals < 0 ? "" : part.substring(equals + 1).strip();
      if (label.equals("endpoint")) {
        endpoint = value;
      }
      name |= label.equals("sharedaccesskeyname") && !value.isEmpty();
      key |= label.equals("sharedaccesskey") && !value.isEmpty();
    }
    String scheme = "sb://";
    if (isQuoted(connectionString.strip())) {
      throw new IllegalArgumentException(
          UNREADABLE + "it begins with a quotation mark; remove the quotes around the value");
    }
    if (!endpoint.toLowerCase(Locale.ROOT).startsWith(scheme)) {
      throw bad("Endpoint=sb://<namespace>.servicebus.windows.net/ is missing");
    }
    String host = endpoint.substring(scheme.length());
    int end = host.indexOf('/');
    host = end < 0 ? host : host.substring(0, end);
    int port = host.indexOf(':');
    host = port < 0 ? host : host.substring(0, port);
    if (!HostName.isName(host)) {
      throw bad("Endpoint has no host name");
    }
    if (!name || !key) {
      throw bad("SharedAccessKeyName or SharedAccessKey is missing");
    }
    return host;
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || text.charAt(i) == ';') {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    return parts;
  }

  private static IllegalArgumentException bad(String why) {
    return new IllegalArgumentException(
        UNREADABLE
            + why
            + "; copy the whole connection string from the namespace's shared access policies");
  }

  /** Returns whether a text begins with a quotation mark, straight or typographic. */
  private static boolean isQuoted(String text) {
    return !text.isEmpty() && "\"'\u201c\u201e\u2018".indexOf(text.charAt(0)) >= 0;
  }

  private static String jaas(String user, String password) {
    // A dollar sign, an equals sign or a semicolon would end an unquoted value.
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username="
        + quoted(user)
        + " password="
        + quoted(password)
        + ";";
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    return out.append('"').toString();
  }
}
