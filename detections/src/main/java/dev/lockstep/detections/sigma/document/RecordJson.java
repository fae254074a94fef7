package dev.lockstep.detections.sigma.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/** Static method that converts a log record in a rule's test from YAML into JSON text. */
final class RecordJson {
  private static final JsonFactory JSON = new JsonFactory();

  private RecordJson() {}

  /** Returns a value as JSON text. A value without quotes may be a number, a boolean or null. */
  static String of(YamlValue value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, YamlValue value) throws IOException {
    if (value instanceof YamlValue.Mapping mapping) {
      json.writeStartObject();
      for (Map.Entry<String, YamlValue.Entry> entry : mapping.entries().entrySet()) {
        json.writeFieldName(entry.getKey());
        write(json, entry.getValue().value());
      }
      json.writeEndObject();
    } else if (value instanceof YamlValue.Sequence sequence) {
      json.writeStartArray();
      for (YamlValue item : sequence.items()) {
        write(json, item);
      }
      json.writeEndArray();
    } else {
      write(json, (YamlValue.Scalar) value);
    }
  }

  private static void write(JsonGenerator json, YamlValue.Scalar scalar) throws IOException {
    if (scalar.isNull()) {
      json.writeNull();
    } else if (scalar.isPlain()
        && (scalar.text().equals("true") || scalar.text().equals("false"))) {
      json.writeBoolean(scalar.text().equals("true"));
    } else if (scalar.isPlain() && isNumber(scalar.text())) {
      json.writeRawValue(scalar.text());
    } else {
      json.writeString(scalar.text());
    }
  }

  /** Returns whether a text is a JSON number without an exponent. */
  private static boolean isNumber(String text) {
    int at = text.startsWith("-") ? 1 : 0;
    int whole = digits(text, at);
    if (whole == at || (text.charAt(at) == '0' && whole > at + 1)) {
      return false;
    }
    if (whole < text.length() && text.charAt(whole) == '.') {
      int fraction = digits(text, whole + 1);
      return fraction > whole + 1 && fraction == text.length();
    }
    return whole == text.length();
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
