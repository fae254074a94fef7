package dev.lockstep.sentinel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;

/** Sends rows to the Logs Ingestion API, one request at a time, each once. */
final class IngestionClient implements AutoCloseable {
  private static final int MAX_ANSWER_BYTES = 8_192;

  private final SentinelConfig config;
  private final BearerTokens tokens;
  private final InstantSource clock;
  private final ExecutorService threads;
  private final HttpClient http;

  IngestionClient(SentinelConfig config, BearerTokens tokens, InstantSource clock) {
    this.config = config;
    this.tokens = tokens;
    this.clock = clock;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "sentinel-client");
              thread.setDaemon(true);
              return thread;
            });
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.connectTimeout())
            .executor(threads)
            .build();
  }

  /** Returns the body of a request: a JSON array of the rows, compressed. */
  static byte[] body(List<DetectionRow> rows, Instant sentAt) {
    ByteArrayOutputStream body = new ByteArrayOutputStream(65_536);
    try (OutputStream out = new GZIPOutputStream(body, 8_192)) {
      out.write('[');
      for (int i = 0; i < rows.size(); i++) {
        if (i > 0) {
          out.write(',');
        }
        rows.get(i).writeTo(out, sentAt);
      }
      out.write(']');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return body.toByteArray();
  }

  /** Begins to send a body; the future never fails, and being cancelled gives the request up. */
  Future<Answer> send(byte[] body) {
    return threads.submit(() -> sendNow(body));
  }

  private Answer sendNow(byte[] body) throws InterruptedException {
    BearerToken token;
    try {
      token = tokens.current();
    } catch (RuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return Answer.without(
          AnswerClass.NO_TOKEN, cause == e ? describe(e) : describe(e) + "; " + describe(cause));
    }
    HttpRequest request =
        HttpRequest.newBuilder(config.uploads())
            .timeout(config.requestTimeout())
            .header("Authorization", token.header())
            .header("Content-Type", "application/json")
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      byte[] said;
      try (InputStream in = response.body()) {
        said = in.readNBytes(MAX_ANSWER_BYTES);
      }
      Answer answer =
          Answer.of(
              response.statusCode(),
              response.headers().firstValue("Retry-After"),
              said,
              clock.instant());
      if (answer.kind() == AnswerClass.UNAUTHORISED) {
        tokens.refused();
      }
      return answer;
    } catch (HttpTimeoutException e) {
      return Answer.without(AnswerClass.TIMED_OUT, describe(e));
    } catch (IOException e) {
      return Answer.without(AnswerClass.CUT, describe(e));
    }
  }

  private static String describe(Throwable e) {
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null ? name : name + ": " + message;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
