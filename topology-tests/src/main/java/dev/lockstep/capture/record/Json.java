package dev.lockstep.capture.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writer of JSON and of times, in the forms in which Azure writes them. */
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final DateTimeFormatter TICKS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSS'Z'", Locale.ROOT);
  private static final DateTimeFormatter AMERICAN =
      DateTimeFormatter.ofPattern("M/d/uuuu h:mm:ss a", Locale.US);

  private Json() {}

  /** Writer of the fields of a JSON object. */
  public interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  /** Returns a JSON object as one line of text. */
  public static String object(Body body) {
    StringWriter text = new StringWriter(3072);
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      body.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  static String ticks(Instant at) {
    return TICKS.format(LocalDateTime.ofInstant(at, ZoneOffset.UTC));
  }

  /** Returns an instant in the form of some records of 2025: month first, AM or PM, no zone. */
  static String american(Instant at) {
    return AMERICAN.format(LocalDateTime.ofInstant(at, ZoneOffset.UTC));
  }

  public static void strings(JsonGenerator json, String name, String... values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  static void empty(JsonGenerator json, String name) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeEndObject();
  }

  /** Writes degrees with four decimals, the same on every JDK. */
  static void degrees(JsonGenerator json, String name, double degrees) throws IOException {
    json.writeNumberField(name, BigDecimal.valueOf(Math.round(degrees * 10_000), 4));
  }

  public static void optional(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null && !value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }
}
