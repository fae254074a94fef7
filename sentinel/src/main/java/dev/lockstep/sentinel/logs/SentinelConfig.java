package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.sink.HttpSender;
import dev.lockstep.sentinel.sink.Loopback;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * Settings for sending to the Logs Ingestion API: endpoint, data collection rule, stream, allowed
 * hosts and timeouts.
 *
 * @param endpoint logs ingestion endpoint of the data collection rule: https, or http on this
 *     machine, with a host that may receive an access token, see {@link IngestionHosts}
 * @param ruleId immutable id of the data collection rule
 * @param stream stream of the rule
 * @param allowedHosts names of hosts beside Azure's that may receive an access token
 * @param connectTimeout longest time for a connection
 * @param requestTimeout longest time for an answer, including the connection; a request for a token
 *     may take as long in addition
 */
public record SentinelConfig(
    URI endpoint,
    String ruleId,
    String stream,
    Set<String> allowedHosts,
    Duration connectTimeout,
    Duration requestTimeout) {

  /**
   * Creates settings.
   *
   * @throws IllegalArgumentException if a value cannot be used; its message has the fix
   */
  public SentinelConfig {
    allowedHosts = Set.copyOf(allowedHosts);
    endpoint = checkedEndpoint(endpoint);
    checkName(
        "sentinel.ruleId",
        ruleId,
        "use the immutableId of the data collection rule, which begins with dcr-");
    checkName("sentinel.stream", stream, "use the stream's name, such as Custom-Name_CL");
    checkPositive("connectTimeout", connectTimeout);
    checkPositive("requestTimeout", requestTimeout);
    if (!IngestionHosts.mayHaveAToken(endpoint.getHost(), allowedHosts)) {
      throw refused(
          "sentinel.endpoint",
          endpoint.toString(),
          "it is not an ingestion host of Azure: use the logs ingestion URI of the data collection"
              + " rule, or, if this host may receive an access token, add the host to"
              + " sentinel.allowedHosts");
    }
  }

  /** Returns settings for an endpoint of Azure, with the default timeouts. */
  public static SentinelConfig of(URI endpoint, String ruleId, String stream) {
    return of(endpoint, ruleId, stream, Set.of());
  }

  /**
   * Returns settings for an endpoint of Azure or on one of the allowed hosts, with the default
   * timeouts.
   */
  public static SentinelConfig of(
      URI endpoint, String ruleId, String stream, Set<String> allowedHosts) {
    return new SentinelConfig(
        endpoint, ruleId, stream, allowedHosts, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /** Returns these settings with other timeouts. */
  public SentinelConfig withTimeouts(Duration connect, Duration request) {
    return new SentinelConfig(endpoint, ruleId, stream, allowedHosts, connect, request);
  }

  boolean isLoopback() {
    return Loopback.is(endpoint.getHost());
  }

  URI uploads(String stream) {
    checkName("the stream", stream, "use the stream's name, such as Custom-Name_CL");
    return URI.create(
        endpoint
            + "/dataCollectionRules/"
            + ruleId
            + "/streams/"
            + stream
            + "?api-version=2023-01-01");
  }

  private static URI checkedEndpoint(URI endpoint) {
    String scheme =
        endpoint.getScheme() == null ? "" : endpoint.getScheme().toLowerCase(Locale.ROOT);
    String host = endpoint.getHost();
    boolean bare =
        host != null
            && endpoint.getRawUserInfo() == null
            && endpoint.getRawQuery() == null
            && endpoint.getRawFragment() == null
            && HttpSender.isPort(endpoint.getPort())
            && (endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"));
    if (!bare || !(scheme.equals("https") || scheme.equals("http"))) {
      throw refused(
          "sentinel.endpoint",
          withoutUser(endpoint),
          "use only https://, a host name and, if needed, a port from 1 to 65535, without user,"
              + " path, query and fragment");
    }
    if (scheme.equals("http") && !Loopback.is(host)) {
      throw refused(
          "sentinel.endpoint",
          endpoint.toString(),
          "use https; http is only for this machine, such as 127.0.0.1");
    }
    String port = endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort();
    return URI.create(scheme + "://" + host + port);
  }

  private static String withoutUser(URI endpoint) {
    return endpoint.getRawUserInfo() == null
        ? endpoint.toString()
        : endpoint.getScheme() + "://***@" + endpoint.getHost();
  }

  /**
   * Returns whether a text can be the id of a data collection rule or the name of a stream. It has
   * 1 to 128 letters, digits, dashes and underscores.
   */
  public static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= 128
        && text.chars()
            .allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_');
  }

  private static void checkName(String key, String value, String fix) {
    if (!isName(value)) {
      throw refused(key, value, fix);
    }
  }

  private static void checkPositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw refused(name, value.toString(), "give a time above zero");
    }
  }

  private static IllegalArgumentException refused(String key, String value, String fix) {
    return new IllegalArgumentException(
        "could not configure Sentinel: %s \"%s\"; %s"
            .formatted(key, Quoted.excerpt(value, 100), fix));
  }
}
