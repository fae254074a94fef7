package dev.lockstep.app.config;

import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.setting.ConfigKey;
import dev.lockstep.app.setting.ConfigKeys;
import dev.lockstep.app.setting.ConfigValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.schemas.text.HostName;
import dev.lockstep.sentinel.delivery.DailyBudget;
import dev.lockstep.sentinel.logs.Cloud;
import dev.lockstep.sentinel.logs.IngestionHosts;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.sink.HttpSender;
import dev.lockstep.sentinel.sink.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the section {@code sentinel}, with the declaration of its keys. It refuses hosts that
 * must not get a token.
 */
final class SentinelReader {
  private static final int MOST_ROWS = 1_000_000;

  private static final ConfigKey<Config.Auth> AUTH =
      ConfigKey.word(
              "auth",
              List.of(
                  Config.Auth.MANAGED_IDENTITY,
                  Config.Auth.WORKLOAD_IDENTITY,
                  Config.Auth.CLIENT_SECRET,
                  Config.Auth.NONE),
              Config.Auth::word,
              "The kind of credential; `none` is only for an endpoint on this machine.")
          .fixIfMissing("set it to managed-identity, workload-identity or client-secret");
  private static final ConfigKey<URI> ENDPOINT =
      ConfigKey.text(
              "endpoint",
              "https://HOST",
              SentinelReader::endpoint,
              "The logs ingestion URI of the data collection rule.")
          .fixIfMissing("set it to the logs ingestion URI of the data collection rule");
  private static final ConfigKey<String> RULE_ID =
      ConfigKey.text(
              "ruleId",
              "dcr-…",
              SentinelReader::ruleId,
              "The immutable id of the data collection rule.")
          .fixIfMissing(
              "set it to the immutable id of the data collection rule, which begins with \"dcr-\"");
  private static final ConfigKey<String> STREAM =
      stream(
              "stream",
              "The stream to which detections are sent, by its name in the data collection rule.")
          .byDefault("Custom-LockstepDetections_CL");
  private static final ConfigKey<String> LAKE_STREAM =
      stream(
              "stream",
              "The stream to which evidence is sent, by its name in the data collection rule.")
          .byDefault("Custom-LockstepEvidence_CL");
  private static final ConfigKeys LAKE =
      ConfigKeys.mapping(
          "lake",
          "A table in the data lake for the evidence of each detection; the row of a detection then"
              + " has only the first two events of the evidence.",
          List.of(ENDPOINT, RULE_ID, LAKE_STREAM));
  private static final ConfigKey<Cloud> CLOUD =
      ConfigKey.word(
          "cloud",
          List.of(Cloud.values()),
          Cloud::word,
          "The Azure cloud of the identity, if the host of the endpoint does not determine the"
              + " cloud.");
  private static final ConfigKey<String> ALLOWED_HOSTS =
      ConfigKey.text(
              "allowedHosts",
              "host name",
              SentinelReader::host,
              "Hosts, besides Azure's ingestion hosts, to which Lockstep may send an access token.")
          .list();
  private static final ConfigKey<Integer> MAX_HIGH_ROWS =
      ConfigKey.integer(
              "maxHighRowsPerHour",
              1,
              MOST_ROWS,
              "The largest number of rows of severity High that are sent for a rule in an hour,"
                  + " over all instances; withdrawals are not limited.")
          .byDefault(1_000);
  private static final IdentityKeys IDENTITY = IdentityKeys.of();

  private static final ConfigKey<Long> BUDGET_ROWS =
      ConfigKey.whole("rows", 1, 1_000_000_000, "The largest number of rows in a day.");
  private static final ConfigKey<Long> BUDGET_BYTES =
      ConfigKey.size(
          "bytes", 1_000, "The largest number of bytes in a day, as JSON before compression.");
  private static final ConfigKeys DAILY_BUDGET =
      ConfigKeys.mapping(
          "dailyBudget",
          "The limit of each instance for a UTC day; when it is reached, only withdrawals and rows of"
              + " severity High are sent.",
          List.of(BUDGET_ROWS, BUDGET_BYTES));

  private SentinelReader() {}

  static ConfigKeys keys(List<String> rules) {
    return ConfigKeys.mapping(
            "sentinel",
            "The Logs Ingestion API of Microsoft Sentinel, to which detections are sent.",
            ConfigReader.join(
                List.of(ENDPOINT, RULE_ID, STREAM, CLOUD, ALLOWED_HOSTS, MAX_HIGH_ROWS, AUTH),
                IDENTITY.all()))
        .with(List.of(caps(rules), DAILY_BUDGET, LAKE))
        .readBy("run", "cost", "erase", "doctor");
  }

  private static Config.@Nullable Lake lake(
      Section sentinel, Config.Auth auth, Set<String> allowedHosts) {
    Section lake = sentinel.section(LAKE);
    if (!lake.present()) {
      return null;
    }
    ConfigValue written = lake.require(ENDPOINT);
    URI endpoint = lake.value(ENDPOINT);
    checkLocal(written, endpoint, auth);
    checkHost(written, endpoint, allowedHosts);
    return new Config.Lake(endpoint, lake.value(RULE_ID), lake.value(LAKE_STREAM));
  }

  private static void checkLocal(ConfigValue written, URI endpoint, Config.Auth auth) {
    if (auth == Config.Auth.NONE && !Loopback.is(endpoint.getHost())) {
      throw written.bad(
          "is not on this machine, and sentinel.auth is \"none\"",
          "set sentinel.auth to managed-identity, workload-identity or client-secret");
    }
  }

  private static void checkHost(ConfigValue written, URI endpoint, Set<String> allowedHosts) {
    if (!IngestionHosts.mayHaveAToken(endpoint.getHost(), allowedHosts)) {
      throw written.bad(
          "is not an ingestion host of Azure, so it gets no access token",
          "use the logs ingestion URI of the data collection rule, or name the host in"
              + " sentinel.allowedHosts");
    }
  }

  private static ConfigKeys caps(List<String> rules) {
    return ConfigKeys.mapping(
        "maxRowsPerHour",
        "The largest number of rows of a rule that an instance sends in an hour, by the id of the"
            + " rule; a rule without an entry has no cap.",
        rules.stream().<ConfigKey<?>>map(SentinelReader::cap).toList());
  }

  private static ConfigKey<Integer> cap(String rule) {
    return ConfigKey.integer(
        rule, 1, MOST_ROWS, "The largest number of rows of `" + rule + "` in an hour.");
  }

  static Config.@Nullable Sentinel read(Section root, ConfiguredRules known) {
    Section sentinel = root.section(keys(known.ids()));
    if (!sentinel.present()) {
      return null;
    }
    ConfigValue written = sentinel.require(ENDPOINT);
    Config.Auth auth = sentinel.value(AUTH);
    URI endpoint = sentinel.value(ENDPOINT);
    Set<String> allowedHosts = Set.copyOf(sentinel.values(ALLOWED_HOSTS));
    checkLocal(written, endpoint, auth);
    Config.Sentinel read =
        new Config.Sentinel(
            endpoint,
            sentinel.value(RULE_ID),
            sentinel.value(STREAM),
            allowedHosts,
            auth,
            IDENTITY.read(sentinel, auth),
            sentinel.optional(CLOUD),
            maxRowsPerHour(sentinel, known.ids()),
            sentinel.value(MAX_HIGH_ROWS),
            dailyBudget(sentinel),
            lake(sentinel, auth, allowedHosts));
    checkHost(written, endpoint, allowedHosts);
    return read;
  }

  private static String host(ConfigValue host) {
    if (!HostName.isName(host.text())) {
      throw host.bad("is not a host name", "give only a host name, such as logs.contoso.example");
    }
    return host.text().toLowerCase(Locale.ROOT);
  }

  private static String ruleId(ConfigValue setting) {
    String text = setting.text();
    if (text.startsWith("/")) {
      throw setting.bad(
          "is a resource id",
          "give the immutable id of the data collection rule, which begins with \"dcr-\"");
    }
    if (!SentinelConfig.isName(text)) {
      throw setting.bad(
          "is not the immutable id of a data collection rule",
          "give the immutable id of the data collection rule, which begins with \"dcr-\"");
    }
    return text;
  }

  static ConfigKey<String> stream(String name, String sentence) {
    return ConfigKey.text(name, "name of a stream", SentinelReader::streamName, sentence);
  }

  private static String streamName(ConfigValue setting) {
    if (!SentinelConfig.isName(setting.text())) {
      throw setting.bad("is not a stream name", "give a name such as Custom-Name_CL");
    }
    return setting.text();
  }

  private static Map<String, Integer> maxRowsPerHour(Section sentinel, List<String> rules) {
    Section caps = sentinel.section(caps(rules));
    Map<String, Integer> most = new LinkedHashMap<>();
    for (String rule : rules) {
      Integer cap = caps.optional(cap(rule));
      if (cap != null) {
        most.put(rule, cap);
      }
    }
    return most;
  }

  private static @Nullable DailyBudget dailyBudget(Section sentinel) {
    Section budget = sentinel.section(DAILY_BUDGET);
    Long rows = budget.optional(BUDGET_ROWS);
    Long bytes = budget.optional(BUDGET_BYTES);
    return rows == null && bytes == null
        ? null
        : new DailyBudget(
            rows == null ? Long.MAX_VALUE : rows, bytes == null ? Long.MAX_VALUE : bytes);
  }

  private static URI endpoint(ConfigValue setting) {
    URI uri;
    try {
      uri = new URI(setting.text());
    } catch (URISyntaxException e) {
      throw setting.bad("is not a URI", "give https://HOST");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw setting.bad("names no host", "give https://HOST");
    }
    boolean path = !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/");
    if (path
        || uri.getRawQuery() != null
        || uri.getRawUserInfo() != null
        || uri.getFragment() != null) {
      throw setting.bad(
          "has a path, a query, a user or a fragment", "give https://HOST, or https://HOST:PORT");
    }
    if (!HttpSender.isPort(uri.getPort())) {
      throw setting.bad(
          "has a port that does not exist", "give a port from 1 to 65535, or leave it out");
    }
    if (scheme.equals("http") && !Loopback.is(uri.getHost())) {
      throw setting.bad("would send a token unencrypted", "give https://HOST");
    }
    return uri;
  }
}
