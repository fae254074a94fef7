package dev.lockstep.sentinel.logs;

import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.HttpSender;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/**
 * Probe of the Logs Ingestion API with an empty list of rows, which checks identity, data
 * collection rule and stream. It stores nothing.
 */
public final class IngestionProbe {
  private IngestionProbe() {}

  /**
   * Answer of the service to a probe.
   *
   * @param status HTTP status
   * @param message status and text, cut to a length and escaped
   * @param date time of the service's clock, or null if the answer has none
   */
  public record Response(int status, String message, @Nullable Instant date) {}

  /**
   * Sends one probe to the Logs Ingestion API and returns the answer.
   *
   * @param clock clock for the times of sending and of the answer
   * @throws IOException if there is no answer
   */
  public static Response ask(SentinelConfig config, BearerToken token, InstantSource clock)
      throws IOException, InterruptedException {
    HttpClient http = HttpSender.client(config.connectTimeout()).build();
    HttpRequest request =
        HttpRequest.newBuilder(config.uploads(config.stream()))
            .timeout(config.requestTimeout())
            .header("Authorization", token.header())
            .header("Content-Type", "application/json")
            .header("Content-Encoding", "gzip")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    IngestionClient.body(List.of(), clock.instant())))
            .build();
    HttpResponse<byte[]> response =
        http.send(request, HttpSender.beginning(ForkJoinPool.commonPool()));
    String message =
        Answer.of(
                AnswerClass.UNEXPECTED, // the caller judges the status
                response.statusCode(),
                Optional.empty(),
                response.body(),
                clock.instant())
            .message();
    return new Response(
        response.statusCode(),
        message,
        response.headers().firstValue("Date").map(IngestionProbe::date).orElse(null));
  }

  private static @Nullable Instant date(String header) {
    try {
      return ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
