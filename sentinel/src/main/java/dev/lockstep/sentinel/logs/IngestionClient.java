package dev.lockstep.sentinel.logs;

import dev.lockstep.schemas.process.DaemonThreadFactory;
import dev.lockstep.schemas.text.AvroJson;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.HttpSender;
import dev.lockstep.sentinel.sink.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/**
 * Client of the Logs Ingestion API, which sends each request once and leaves retries to its caller.
 * Safe for use by several threads.
 */
public final class IngestionClient implements AutoCloseable {
  /** Largest request body that is sent, in bytes before compression. The service takes 1 MB. */
  public static final int MAX_BODY_BYTES = 1_000_000;

  /** Age at which a token request without an answer is cancelled, and another one is made. */
  private static final Duration TOKEN_GIVE_UP = Duration.ofMinutes(5);

  /** Largest size of a column's value, in bytes of UTF-8 JSON. Longer texts are cut. */
  public static final int MAX_COLUMN_BYTES = 65_536;

  private final SentinelConfig config;
  private final ExecutorService threads;
  private final SingleFlightTokens tokens;
  private final HttpSender http;

  /**
   * Creates a client for the endpoint, data collection rule and stream of a configuration.
   *
   * @param config endpoint, rule and stream; a request may name another stream of the rule
   * @param tokens source of access tokens
   * @param clock clock by which a date in the header {@code Retry-After} becomes a wait
   */
  public IngestionClient(SentinelConfig config, BearerTokens tokens, InstantSource clock) {
    this.config = config;
    this.threads = Executors.newCachedThreadPool(new DaemonThreadFactory("sentinel-client"));
    this.tokens = new SingleFlightTokens(tokens, threads, TOKEN_GIVE_UP);
    this.http =
        new HttpSender(
            threads,
            config.connectTimeout(),
            config.requestTimeout(),
            clock,
            IngestionClient::meaning);
  }

  /**
   * Sends rows to a stream of the data collection rule and waits for the answer. The wait is at
   * most twice the configured request timeout and 2 seconds.
   *
   * @param stream name of the stream, such as {@code Custom-Name_CL}
   * @param rows rows by column: texts, numbers, flags, instants, lists and maps of these; null
   *     leaves a column out
   * @return the answer; {@link AnswerClass#TOO_LARGE} without sending if the rows take more than
   *     {@link #MAX_BODY_BYTES}
   */
  public Answer send(String stream, List<? extends Map<String, ?>> rows)
      throws InterruptedException {
    ByteArrayOutputStream json = new ByteArrayOutputStream(1_024);
    json.write('[');
    for (Map<String, ?> row : rows) {
      if (json.size() > 1) {
        json.write(',');
      }
      TreeMap<String, Object> present = new TreeMap<>();
      row.forEach(
          (column, value) -> {
            if (value instanceof Instant time) {
              present.put(column, AvroJson.instant(time.toEpochMilli()));
            } else if (value != null) {
              present.put(column, value);
            }
          });
      json.writeBytes(ShortenedJson.of(present, MAX_COLUMN_BYTES));
    }
    json.write(']');
    if (json.size() > MAX_BODY_BYTES) {
      return Answer.without(AnswerClass.TOO_LARGE, json.size() + " bytes; send fewer rows");
    }
    return post(config.uploads(stream), compressed(json::writeTo));
  }

  Answer send(List<? extends Row> rows, Instant sentAt) throws InterruptedException {
    return post(config.uploads(config.stream()), body(rows, sentAt));
  }

  /** Returns the body of a request, which is a compressed JSON array of the rows. */
  public static byte[] body(List<? extends Row> rows, Instant sentAt) {
    return compressed(out -> Row.writeArray(rows, sentAt, out));
  }

  /** Function that writes the body of a request. */
  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private static byte[] compressed(Content content) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(65_536);
    try (OutputStream out = new GZIPOutputStream(body, 8_192)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }

  private Answer post(URI uploads, byte[] body) throws InterruptedException {
    SingleFlightTokens.Issued issued = tokens.request(config.requestTimeout());
    BearerToken token = issued.token();
    if (token == null) {
      return Answer.without(AnswerClass.NO_TOKEN, issued.refusal());
    }
    Answer answer =
        http.post(
            uploads,
            Map.of(
                "Authorization", token.header(),
                "Content-Type", "application/json",
                "Content-Encoding", "gzip"),
            body);
    if (answer.kind() == AnswerClass.UNAUTHORISED) {
      tokens.refused();
    }
    return answer;
  }

  private static AnswerClass meaning(int status) {
    return switch (status) {
      case 204 -> AnswerClass.TAKEN;
      case 400 -> AnswerClass.REFUSED;
      case 401, 403 -> AnswerClass.UNAUTHORISED;
      case 408 -> AnswerClass.UNAVAILABLE;
      case 413 -> AnswerClass.TOO_LARGE;
      case 429 -> AnswerClass.THROTTLED;
      default ->
          switch (status / 100) {
            // The service answers 204. Any other success comes from something in its place, such as
            // the page of a proxy, and a redirect would carry the token elsewhere.
            case 2, 3 -> AnswerClass.UNEXPECTED;
            case 5 -> AnswerClass.UNAVAILABLE;
            default -> AnswerClass.MISCONFIGURED;
          };
    };
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
