package dev.lockstep.sentinel.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answer of a sink to the rows sent to it, or the failure that prevented an answer.
 *
 * @param kind meaning
 * @param retryAfter wait that the service requested by {@link RetryAfter}, an hour at most; null if
 *     it requested none
 * @param message status and text of the service, or the failure, cut to a length and escaped; may
 *     be empty
 */
public record Answer(AnswerClass kind, @Nullable Duration retryAfter, String message) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MESSAGE_CHARACTERS = 300;

  public static Answer without(AnswerClass kind, String message) {
    return new Answer(kind, null, Quoted.excerpt(message, MESSAGE_CHARACTERS));
  }

  public static Answer of(
      AnswerClass kind, int status, Optional<String> retryAfter, byte[] body, Instant now) {
    String message = Quoted.excerpt(codeAndMessage(body), MESSAGE_CHARACTERS);
    return new Answer(
        kind,
        retryAfter.map(value -> RetryAfter.parse(value, now)).orElse(null),
        message.isEmpty() ? "status " + status : "status " + status + ", " + message);
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
