package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Quoted;
import dev.lockstep.sentinel.sink.HttpSender;
import dev.lockstep.sentinel.sink.Loopback;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * Where the Logs Ingestion API takes rows.
 *
 * @param endpoint the data collection rule's logs ingestion endpoint: https, or http on this
 *     machine; its host is one that may have an access token, see {@link IngestionHosts}
 * @param ruleId the rule's immutable id
 * @param stream the rule's stream
 * @param allowedHosts plain names of hosts that may have an access token beside Azure's
 * @param connectTimeout until a connection stands
 * @param requestTimeout until an answer is there, connection included; as long again for a token
 */
public record SentinelConfig(
    URI endpoint,
    String ruleId,
    String stream,
    Set<String> allowedHosts,
    Duration connectTimeout,
    Duration requestTimeout) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException with the fix
   */
  public SentinelConfig {
    allowedHosts = Set.copyOf(allowedHosts);
    endpoint = checkedEndpoint(endpoint);
    checkName("sentinel.ruleId", ruleId, "take the rule's immutableId, which begins with dcr-");
    checkName("sentinel.stream", stream, "take the stream's name, such as Custom-Name_CL");
    checkPositive("connectTimeout", connectTimeout);
    checkPositive("requestTimeout", requestTimeout);
    if (!IngestionHosts.mayHaveAToken(endpoint.getHost(), allowedHosts)) {
      throw refused(
          "sentinel.endpoint",
          endpoint.toString(),
          "it is no ingestion host of Azure: take the rule's logs ingestion URI, or name the host"
              + " in sentinel.allowedHosts if it may have an access token");
    }
  }

  /** Returns a configuration with the defaults, whose endpoint is one of Azure's. */
  public static SentinelConfig of(URI endpoint, String ruleId, String stream) {
    return of(endpoint, ruleId, stream, Set.of());
  }

  /** Returns a configuration with the defaults. */
  public static SentinelConfig of(
      URI endpoint, String ruleId, String stream, Set<String> allowedHosts) {
    return new SentinelConfig(
        endpoint, ruleId, stream, allowedHosts, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /** Returns the same with other time-outs. */
  public SentinelConfig withTimeouts(Duration connect, Duration request) {
    return new SentinelConfig(endpoint, ruleId, stream, allowedHosts, connect, request);
  }

  boolean isLoopback() {
    return Loopback.is(endpoint.getHost());
  }

  URI uploads(String stream) {
    checkName("the stream", stream, "take the stream's name, such as Custom-Name_CL");
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
          "take https:// and a host name, nothing behind");
    }
    if (scheme.equals("http") && !Loopback.is(host)) {
      throw refused(
          "sentinel.endpoint", endpoint.toString(), "use https; http is for 127.0.0.1 only");
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
   * Returns if a text can name a rule or a stream: 1 to 128 letters, digits, dashes, underscores.
   */
  public static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= 128
        && text.chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '-'
                        || c == '_');
  }

  private static void checkName(String key, String value, String fix) {
    if (!isName(value)) {
      throw refused(key, value, fix);
    }
  }

  private static void checkPositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw refused(name, value.toString(), "take more than zero");
    }
  }

  private static IllegalArgumentException refused(String key, String value, String fix) {
    return new IllegalArgumentException(
        "could not configure Sentinel: %s \"%s\"; %s"
            .formatted(key, Quoted.excerpt(value, 100), fix));
  }
}
