package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.Detection;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Sink that sends rows to Microsoft Sentinel by the Logs Ingestion API. */
public final class SentinelSink implements Sink {
  private static final Limits LIMITS = new Limits(IngestionClient.MAX_BODY_BYTES, 5_000);

  private final SentinelConfig config;
  private final StreamForm form;
  private final IngestionClient client;

  /**
   * Creates a sink for a stream whose rows have the given form.
   *
   * @param form form of the rows
   * @throws IllegalArgumentException if the token of a fake would be sent to the service
   */
  public SentinelSink(
      SentinelConfig config, StreamForm form, BearerTokens tokens, InstantSource clock) {
    if (tokens == BearerTokens.LOCAL && !config.isLoopback()) {
      throw new IllegalArgumentException(
          "could not configure Sentinel: the endpoint \"%s\" is not on this machine, and sentinel.auth is \"none\"; set sentinel.auth to managed-identity, workload-identity or client-secret"
              .formatted(config.endpoint()));
    }
    this.config = config;
    this.form = form;
    this.client = new IngestionClient(config, tokens, clock);
  }

  @Override
  public String place() {
    return "%s, rule %s, stream %s".formatted(config.endpoint(), config.ruleId(), config.stream());
  }

  @Override
  public Row row(Detection detection) {
    return form.row(detection);
  }

  @Override
  public Limits limits() {
    return LIMITS;
  }

  @Override
  public Duration timeout() {
    return config.requestTimeout().multipliedBy(2).plusSeconds(5); // a token, an answer, its body
  }

  @Override
  public Answer send(List<Row> rows, Instant sentAt) throws InterruptedException {
    return client.send(rows, sentAt);
  }

  @Override
  public String fix(AnswerClass kind) {
    return switch (kind) {
      case NO_TOKEN ->
          "there is no access token: check sentinel.auth in lockstep.yaml, and that the identity"
              + " exists on the machine or in the pod where Lockstep runs";
      case UNAUTHORISED ->
          "give the identity the role \"Monitoring Metrics Publisher\" on the data collection"
              + " rule, which takes some minutes to apply, and check sentinel.cloud";
      case UNTRUSTED ->
          "the server cannot prove that it is the endpoint's host: check a proxy that opens TLS, the"
              + " certificates that this machine trusts, and its clock";
      case UNEXPECTED ->
          "the service answers 204 and never redirects, so another server answers: check the"
              + " endpoint, and any proxy before it";
      case TOO_LARGE ->
          "the endpoint rejects even the smallest row as too large: check for a proxy that limits requests";
      case REFUSED ->
          "the endpoint rejects every row: compare the columns of the stream and of the table with"
              + " those of deploy/sentinel";
      default ->
          "compare the keys endpoint, ruleId and stream of %s in lockstep.yaml with the data collection rule"
              .formatted(form.key());
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
