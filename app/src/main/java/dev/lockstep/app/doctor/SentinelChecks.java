package dev.lockstep.app.doctor;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.SentinelAccess;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.logs.BearerToken;
import dev.lockstep.sentinel.logs.IngestionProbe;
import dev.lockstep.sentinel.logs.SentinelConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks of the connection to Microsoft Sentinel: name, connection, TLS, token, data collection
 * rule, streams, and clocks. No rows are sent.
 */
public final class SentinelChecks {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final Config config;
  private final ClockCheck clocks;
  private final InstantSource clock;

  public SentinelChecks(Config config, ClockCheck clocks, InstantSource clock) {
    this.config = config;
    this.clocks = clocks;
    this.clock = clock;
  }

  public void addTo(CheckRunner doctor) {
    Config.Sentinel sentinel = config.sentinel();
    if (sentinel == null) {
      doctor.add(
          "sentinel",
          into ->
              into.skip(
                  "the configuration has no section sentinel, so detections "
                      + (config.sinks().isEmpty()
                          ? "stay in their topic"
                          : "go only to the sinks below"),
                  "to send detections to Sentinel, add the section sentinel with the keys endpoint,"
                      + " ruleId and auth"));
      return;
    }
    doctor.add("sentinel", into -> look(into, sentinel));
  }

  private void look(CheckReport into, Config.Sentinel sentinel)
      throws IOException, InterruptedException {
    into.begin(
        "looking " + Quoted.of(sentinel.endpoint().getHost()) + " up",
        "check this machine's name server");
    HostReachability reachability = HostReachability.of(sentinel.endpoint());
    into.reached("sentinel.endpoint", reachability);
    BearerToken token = token(into, sentinel);
    if (token == null || !reachability.reached()) {
      return;
    }
    into.begin("the answer of " + sentinel.endpoint(), "look at the service's health");
    ask(into, "sentinel.stream", () -> sentinel.to(sentinel.stream()), token);
    Config.Heartbeat heartbeat = config.heartbeat();
    if (heartbeat != null) {
      ask(into, "heartbeat.stream", () -> sentinel.to(heartbeat.stream()), token);
    }
    Config.Lake lake = sentinel.lake();
    if (lake != null) {
      into.begin("the answer of " + lake.endpoint(), "look at the service's health");
      ask(into, "sentinel.lake.stream", () -> sentinel.to(lake), token);
    }
  }

  private static @Nullable BearerToken token(CheckReport into, Config.Sentinel sentinel) {
    String auth = sentinel.auth().word();
    KafkaSourceChecks.beginToken(into, sentinel.auth());
    try {
      BearerToken token = SentinelAccess.tokens(sentinel).current();
      if (sentinel.auth() != Config.Auth.NONE) {
        into.ok("sentinel.auth", auth + " gives a token for " + TokenClaimsText.of(token.claims()));
      }
      return token;
    } catch (OperatorException e) {
      throw e;
    } catch (RuntimeException e) { // whatever Azure's client throws
      into.fail(
          "sentinel.auth",
          "could not get a token by auth " + auth + ": " + Failures.message(e),
          switch (sentinel.auth()) {
            case MANAGED_IDENTITY ->
                "give this machine an identity; if the identity is user-assigned, also set the key"
                    + " clientId";
            case WORKLOAD_IDENTITY ->
                "check the service account's annotation and the federated credential";
            default ->
                "check the keys tenantId, clientId and clientSecret, and that the secret has not"
                    + " expired";
          });
      return null;
    }
  }

  private void ask(CheckReport into, String key, Supplier<SentinelConfig> stream, BearerToken token)
      throws InterruptedException {
    SentinelConfig asked;
    try {
      asked = stream.get().withTimeouts(CONNECT, ANSWER);
    } catch (IllegalArgumentException e) {
      into.fail(OperatorException.of(e));
      return;
    }
    Instant before = clock.instant();
    IngestionProbe.Response response;
    try {
      response = IngestionProbe.ask(asked, token, clock);
    } catch (IOException e) {
      into.fail(
          key,
          "no answer from " + asked.endpoint() + " (" + Failures.message(e) + ")",
          "check the network from this machine to the endpoint, and the health of Azure Monitor");
      return;
    }
    clocks.heard("the endpoint of sentinel", response.date(), before);
    judge(into, key, asked.ruleId(), asked.stream(), response);
  }

  private static void judge(
      CheckReport into,
      String key,
      String ruleId,
      String stream,
      IngestionProbe.Response response) {
    String what = "rule %s, stream %s: %s".formatted(ruleId, stream, response.message());
    int status = response.status();
    if (status / 100 == 2) {
      into.ok(key, "rule %s takes rows of stream %s".formatted(ruleId, stream));
    } else if (status == 400) { // identity and rule passed; the service objects to the empty list
      into.warn(
          key,
          what + ", the answer to an empty list of rows",
          "if the answer names the stream, declare the stream in the data collection rule; otherwise"
              + " nothing has to be done");
    } else if (status == 401) {
      into.fail(
          key,
          what,
          "check the keys auth, tenantId and clientId of the section sentinel: the token is from"
              + " another tenant or cloud");
    } else if (status == 403) {
      into.fail(
          key,
          what,
          "give the identity the role Monitoring Metrics Publisher on the data collection rule, and"
              + " wait some minutes");
    } else if (status == 404) {
      into.fail(
          key,
          what,
          "take ruleId (immutableId, dcr-…), stream and endpoint from the same data collection rule"
              + (key.startsWith("heartbeat")
                  ? ", declare the stream in that data collection rule, or set heartbeat: false"
                  : ""));
    } else if (status == 429 || status / 100 == 5) {
      into.warn(
          key,
          what,
          "the API is busy; a running service tries again by itself; run the command doctor again");
    } else {
      into.fail(key, what, "check that the endpoint belongs to the rule");
    }
  }
}
