package dev.lockstep.app.config;

import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.setting.ConfiguredValue;
import dev.lockstep.app.setting.Section;
import dev.lockstep.app.setting.Section.Keys;
import dev.lockstep.sentinel.delivery.DailyBudget;
import dev.lockstep.sentinel.logs.Cloud;
import dev.lockstep.sentinel.logs.IngestionHosts;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.sink.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads where Sentinel takes detections, and how many. */
final class SentinelReader {
  /** Rows of severity High that a rule sends in an hour unless something else is configured. */
  static final int HIGH_ROWS = 1_000;

  private SentinelReader() {}

  static Config.@Nullable Sentinel read(Section root, ConfiguredRules known) {
    Section sentinel =
        root.section(
            "sentinel",
            Keys.of(
                    "endpoint",
                    "ruleId",
                    "stream",
                    "auth",
                    "tenantId",
                    "clientId",
                    "clientSecret",
                    "cloud",
                    "allowedHosts",
                    "maxHighRowsPerHour")
                .and("maxRowsPerHour", "dailyBudget"));
    if (!sentinel.present()) {
      return null;
    }
    ConfiguredValue endpoint =
        sentinel.required("endpoint", "set it to the logs ingestion URI of the rule");
    Config.Auth auth =
        sentinel
            .required("auth", "set it to managed-identity, workload-identity or client-secret")
            .oneOf(
                ConfigReader.words(
                    Config.Auth.NONE,
                    Config.Auth.MANAGED_IDENTITY,
                    Config.Auth.WORKLOAD_IDENTITY,
                    Config.Auth.CLIENT_SECRET));
    ConfiguredValue stream = sentinel.setting("stream");
    ConfiguredValue cloud = sentinel.setting("cloud");
    Config.Sentinel read =
        new Config.Sentinel(
            endpoint(endpoint, auth),
            ruleId(sentinel.required("ruleId", "set it to the immutable id of the rule, dcr-…")),
            stream == null ? "Custom-LockstepDetections_CL" : stream(stream),
            allowedHosts(sentinel),
            auth,
            ConfigReader.credentials(sentinel, auth),
            cloud == null ? null : cloud.oneOf(clouds()),
            maxRowsPerHour(sentinel, known.ids()),
            sentinel.integer("maxHighRowsPerHour", HIGH_ROWS, 1, 1_000_000),
            dailyBudget(sentinel));
    if (!IngestionHosts.mayHaveAToken(read.endpoint().getHost(), read.allowedHosts())) {
      throw endpoint.bad(
          "is no ingestion host of Azure, so it gets no access token",
          "take the logs ingestion URI of the data collection rule, or name the host in"
              + " sentinel.allowedHosts");
    }
    return read;
  }

  private static Set<String> allowedHosts(Section sentinel) {
    Set<String> hosts = new LinkedHashSet<>();
    for (ConfiguredValue host : sentinel.settings("allowedHosts")) {
      if (!IngestionHosts.isName(host.text())) {
        throw host.bad(
            "is no host's name", "give one such as logs.contoso.example, and nothing else");
      }
      hosts.add(host.text().toLowerCase(Locale.ROOT));
    }
    return hosts;
  }

  private static String ruleId(ConfiguredValue setting) {
    String text = setting.text();
    if (text.indexOf('/') >= 0) {
      throw setting.bad("is a resource id", "give the immutable id of the rule, dcr-…");
    }
    if (!SentinelConfig.isName(text)) {
      throw setting.bad("is no rule's id", "give the immutable id of the rule, dcr-…");
    }
    return text;
  }

  /** Returns the name of a stream of the rule. */
  static String stream(ConfiguredValue setting) {
    if (!SentinelConfig.isName(setting.text())) {
      throw setting.bad("is no stream's name", "give one such as Custom-Name_CL");
    }
    return setting.text();
  }

  private static Map<String, Integer> maxRowsPerHour(Section sentinel, List<String> rules) {
    Section caps = sentinel.section("maxRowsPerHour", Keys.of(rules));
    Map<String, Integer> most = new LinkedHashMap<>();
    for (String rule : rules) {
      ConfiguredValue cap = caps.setting(rule);
      if (cap != null) {
        most.put(rule, cap.integer(1, 1_000_000));
      }
    }
    return most;
  }

  private static Map<String, Cloud> clouds() {
    Map<String, Cloud> words = new LinkedHashMap<>();
    for (Cloud cloud : Cloud.values()) {
      words.put(cloud.word(), cloud);
    }
    return words;
  }

  private static @Nullable DailyBudget dailyBudget(Section sentinel) {
    Section budget = sentinel.section("dailyBudget", Keys.of("rows", "bytes"));
    ConfiguredValue rows = budget.setting("rows");
    ConfiguredValue bytes = budget.setting("bytes");
    return rows == null && bytes == null
        ? null
        : new DailyBudget(
            rows == null ? Long.MAX_VALUE : rows.whole(1, 1_000_000_000),
            bytes == null ? Long.MAX_VALUE : bytes.bytes(1_000));
  }

  private static URI endpoint(ConfiguredValue setting, Config.Auth auth) {
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
      throw setting.bad("has more than a host", "give https://HOST");
    }
    boolean loopback = Loopback.is(uri.getHost());
    if (scheme.equals("http") && !loopback) {
      throw setting.bad("would send a token unencrypted", "give https://HOST");
    }
    if (auth == Config.Auth.NONE && !loopback) {
      throw setting.bad(
          "is not on this machine, and sentinel.auth is none",
          "set sentinel.auth to managed-identity, workload-identity or client-secret");
    }
    return uri;
  }
}
