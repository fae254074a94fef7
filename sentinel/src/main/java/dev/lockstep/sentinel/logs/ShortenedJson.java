package dev.lockstep.sentinel.logs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import dev.lockstep.schemas.text.AvroJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writer of a value as JSON in which long strings are cut and marked. */
final class ShortenedJson {
  private static final JsonFactory JSON = new JsonFactory();

  private ShortenedJson() {}

  static byte[] of(@Nullable Object value) {
    return of(value, Integer.MAX_VALUE);
  }

  /**
   * Returns a value as UTF-8 JSON in which long strings are cut.
   *
   * @param maxStringBytes largest number of bytes of a string, including quotes
   */
  static byte[] of(@Nullable Object value, int maxStringBytes) {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator plain = JSON.createGenerator(text);
        Cutting json = new Cutting(plain, maxStringBytes)) {
      AvroJson.writeValue(value, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Returns a text, cut and marked if its JSON would take more than {@code maxBytes} bytes. */
  static String cut(String text, int maxBytes) {
    if (text.length() <= (maxBytes - 2) / 6) {
      return text;
    }
    String mark = "… [cut: " + text.length() + " characters]";
    int room = maxBytes - 2;
    int roomBeforeMark = room - mark.length() - 2; // the ellipsis takes three bytes
    int bytes = 0;
    int keep = 0;
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      bytes += jsonBytes(point);
      at += Character.charCount(point);
      if (bytes <= roomBeforeMark) {
        keep = at;
      }
      if (bytes > room) {
        return text.substring(0, keep) + mark;
      }
    }
    return text;
  }

  private static int jsonBytes(int point) {
    if (point < 0x20) {
      return 6;
    }
    if (point == '"' || point == '\\') {
      return 2;
    }
    if (point < 0x80) {
      return 1;
    }
    if (point < 0x800) {
      return 2;
    }
    return point < 0x10000 ? 3 : 4;
  }

  /** Generator that cuts long strings. */
  private static final class Cutting extends JsonGeneratorDelegate {
    private final int maxStringBytes;

    Cutting(JsonGenerator json, int maxStringBytes) {
      super(json, false);
      this.maxStringBytes = maxStringBytes;
    }

    @Override
    public void writeString(String text) throws IOException {
      super.writeString(cut(text, maxStringBytes));
    }
  }
}
