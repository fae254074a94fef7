package dev.lockstep.sentinel.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answer of a sink, such as Sentinel or a file, to rows sent to it, or the failure because of which
 * no answer came.
 *
 * @param kind meaning
 * @param retryAfter wait that the service requested, cut to an hour; null if it requested none
 * @param message text of the service, cut to a length and escaped
 */
public record Answer(AnswerClass kind, @Nullable Duration retryAfter, String message) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
  private static final int MESSAGE_CHARACTERS = 300;

  public static Answer without(AnswerClass kind, String message) {
    return new Answer(kind, null, Quoted.excerpt(message, MESSAGE_CHARACTERS));
  }

  public static Answer of(
      AnswerClass kind, int status, Optional<String> retryAfter, byte[] body, Instant now) {
    String message = Quoted.excerpt(codeAndMessage(body), MESSAGE_CHARACTERS);
    return new Answer(
        kind,
        retryAfter.map(value -> wait(value, now)).orElse(null),
        message.isEmpty() ? "status " + status : "status " + status + ", " + message);
  }

  private static @Nullable Duration wait(String header, Instant now) {
    String value = header.strip();
    Duration wait;
    if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      wait = Duration.ofSeconds(value.length() > 9 ? Integer.MAX_VALUE : Long.parseLong(value));
    } else {
      try {
        wait =
            Duration.between(
                now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      } catch (DateTimeException e) {
        return null;
      }
    }
    if (wait.isNegative() || wait.isZero()) {
      return null;
    }
    return wait.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : wait;
  }

  private static String codeAndMessage(byte[] body) {
    String code = "";
    String message = "";
    try (JsonParser json = JSON.createParser(body)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "code".equals(json.currentName())) {
          code = code.isEmpty() ? json.getText() : code;
        } else if (token == JsonToken.VALUE_STRING && "message".equals(json.currentName())) {
          message = message.isEmpty() ? json.getText() : message;
        }
      }
    } catch (IOException e) {
      // Not JSON, or cut off: use what was found so far.
    }
    if (code.isEmpty() && message.isEmpty()) {
      return new String(body, StandardCharsets.UTF_8).strip();
    }
    return code.isEmpty() || message.isEmpty() ? code + message : code + ": " + message;
  }
}
