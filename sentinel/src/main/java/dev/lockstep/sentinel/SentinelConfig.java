package dev.lockstep.sentinel;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * Where detections go, and how patiently.
 *
 * @param endpoint the data collection rule's logs ingestion endpoint: https, or http on this
 *     machine
 * @param ruleId the rule's immutable id
 * @param stream the rule's stream
 * @param topicPrefix before the names of topics and of the group
 * @param connectTimeout until a connection stands
 * @param requestTimeout until an answer is there, token and connection included
 * @param firstBackoff before the first repetition; doubles with each
 * @param longestBackoff where that ends
 * @param recheckEvery between tries while the service refuses who we are or what we name
 * @param maxRowsPerHour how many rows of a rule go in an hour, at least 1; a rule that is not there
 *     has no cap
 * @param forwardFrom what ended before does not go
 */
public record SentinelConfig(
    URI endpoint,
    String ruleId,
    String stream,
    String topicPrefix,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration firstBackoff,
    Duration longestBackoff,
    Duration recheckEvery,
    Map<String, Integer> maxRowsPerHour,
    Instant forwardFrom) {

  /**
   * Validates.
   *
   * @throws IllegalArgumentException with the mend
   */
  public SentinelConfig {
    endpoint = checkedEndpoint(endpoint);
    checkWord("sentinel.ruleId", ruleId, "take the rule's immutableId, which begins with dcr-");
    checkWord("sentinel.stream", stream, "take the stream's name, such as Custom-Name_CL");
    checkPositive("connectTimeout", connectTimeout);
    checkPositive("requestTimeout", requestTimeout);
    checkPositive("firstBackoff", firstBackoff);
    checkPositive("longestBackoff", longestBackoff);
    checkPositive("recheckEvery", recheckEvery);
    maxRowsPerHour = Map.copyOf(maxRowsPerHour);
    maxRowsPerHour.forEach(
        (rule, most) -> {
          if (most < 1) {
            throw refused(
                "sentinel.maxRowsPerHour." + rule,
                most.toString(),
                "take at least 1, or leave it out");
          }
        });
    if (longestBackoff.compareTo(firstBackoff) < 0) {
      throw new IllegalArgumentException(
          "could not configure Sentinel: longestBackoff %s is shorter than firstBackoff %s; raise it"
              .formatted(longestBackoff, firstBackoff));
    }
  }

  /** Returns a configuration with the defaults. */
  public static SentinelConfig of(URI endpoint, String ruleId, String stream) {
    return new SentinelConfig(
        endpoint,
        ruleId,
        stream,
        "lockstep.",
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        Map.of(),
        Instant.MIN);
  }

  /** Returns the same with another prefix of topics and group. */
  public SentinelConfig withTopicPrefix(String prefix) {
    return new SentinelConfig(
        endpoint,
        ruleId,
        stream,
        prefix,
        connectTimeout,
        requestTimeout,
        firstBackoff,
        longestBackoff,
        recheckEvery,
        maxRowsPerHour,
        forwardFrom);
  }

  /** Returns the same with other time-outs. */
  public SentinelConfig withTimeouts(Duration connect, Duration request) {
    return new SentinelConfig(
        endpoint,
        ruleId,
        stream,
        topicPrefix,
        connect,
        request,
        firstBackoff,
        longestBackoff,
        recheckEvery,
        maxRowsPerHour,
        forwardFrom);
  }

  /** Returns the same with other waiting times. */
  public SentinelConfig withBackoff(Duration first, Duration longest, Duration recheck) {
    return new SentinelConfig(
        endpoint,
        ruleId,
        stream,
        topicPrefix,
        connectTimeout,
        requestTimeout,
        first,
        longest,
        recheck,
        maxRowsPerHour,
        forwardFrom);
  }

  /** Returns the same with other caps, by rule. */
  public SentinelConfig withMaxRowsPerHour(Map<String, Integer> most) {
    return new SentinelConfig(
        endpoint,
        ruleId,
        stream,
        topicPrefix,
        connectTimeout,
        requestTimeout,
        firstBackoff,
        longestBackoff,
        recheckEvery,
        most,
        forwardFrom);
  }

  /** Returns the same with another time before which nothing goes. */
  public SentinelConfig withForwardFrom(Instant from) {
    return new SentinelConfig(
        endpoint,
        ruleId,
        stream,
        topicPrefix,
        connectTimeout,
        requestTimeout,
        firstBackoff,
        longestBackoff,
        recheckEvery,
        maxRowsPerHour,
        from);
  }

  String detectionsTopic() {
    return topicPrefix + "detections";
  }

  String deadLettersTopic() {
    return topicPrefix + "dead-letters";
  }

  String group() {
    return topicPrefix + "forwarder";
  }

  boolean isLoopback() {
    return isLoopback(endpoint.getHost());
  }

  URI uploads(String stream) {
    checkWord("the stream", stream, "take the stream's name, such as Custom-Name_CL");
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
            && (endpoint.getRawPath().isEmpty() || endpoint.getRawPath().equals("/"));
    if (!bare || !(scheme.equals("https") || scheme.equals("http"))) {
      throw refused(
          "sentinel.endpoint",
          endpoint.toString(),
          "take https:// and a host name, nothing behind");
    }
    if (scheme.equals("http") && !isLoopback(host)) {
      throw refused(
          "sentinel.endpoint", endpoint.toString(), "use https; http is for 127.0.0.1 only");
    }
    String port = endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort();
    return URI.create(scheme + "://" + host + port);
  }

  private static void checkWord(String key, String value, String mend) {
    boolean word =
        !value.isEmpty()
            && value.length() <= 128
            && value
                .chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || c == '-'
                            || c == '_');
    if (!word) {
      throw refused(key, value, mend);
    }
  }

  private static void checkPositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw refused(name, value.toString(), "take more than zero");
    }
  }

  private static IllegalArgumentException refused(String key, String value, String mend) {
    return new IllegalArgumentException(
        "could not configure Sentinel: %s \"%s\"; %s".formatted(key, Excerpt.of(value, 100), mend));
  }

  /** Tells by the name alone, asking no name server. */
  private static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost") || host.equals("[::1]")) {
      return true;
    }
    if (!host.startsWith("127.")) {
      return false;
    }
    int parts = 1;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '.') {
        parts++;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return parts == 4;
  }
}
