package dev.lockstep.schemas.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Writer of an Avro record as JSON, with fields in the schema's order under their own names.
 *
 * <p>Instants are written in ISO 8601, and maps are sorted by key. A field that is null or an empty
 * list is left out. The text of {@link #of} has its hidden characters escaped.
 */
@NullMarked
public final class AvroJson {
  private static final JsonFactory JSON = new JsonFactory();

  private AvroJson() {}

  /** Returns an Avro record as one line of JSON. */
  public static String of(SpecificRecord record) {
    StringWriter text = new StringWriter(1024);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(record, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return EscapedJson.of(text.toString());
  }

  /** Writes an Avro record as a JSON object. */
  public static void write(SpecificRecord record, JsonGenerator json) throws IOException {
    json.writeStartObject();
    for (Schema.Field field : record.getSchema().getFields()) {
      writeField(record, field, field.name(), json);
    }
    json.writeEndObject();
  }

  /**
   * Writes one field of an Avro record under a given name, unless its value is null or an empty
   * list.
   */
  public static void writeField(
      SpecificRecord record, Schema.Field field, String name, JsonGenerator json)
      throws IOException {
    Object value = record.get(field.pos());
    if (value == null || (value instanceof Collection<?> items && items.isEmpty())) {
      return;
    }
    json.writeFieldName(name);
    if ("instant".equals(field.getProp("unit"))) {
      json.writeString(instant((Long) value));
    } else {
      writeValue(value, json);
    }
  }

  /** Returns milliseconds since 1970 as ISO 8601 with milliseconds, in UTC. */
  public static String instant(long millis) {
    String text = Instant.ofEpochMilli(millis).toString();
    int dot = text.lastIndexOf('.');
    return dot < 0 ? text.substring(0, text.length() - 1) + ".000Z" : text;
  }

  /** Writes the value of an Avro record's field as JSON, without the field's name. */
  public static void writeValue(@Nullable Object value, JsonGenerator json) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof SpecificRecord record) {
      write(record, json);
    } else if (value instanceof Collection<?> items) {
      json.writeStartArray();
      for (Object item : items) {
        writeValue(item, json);
      }
      json.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      TreeMap<String, Object> sorted = new TreeMap<>();
      map.forEach((key, item) -> sorted.put(String.valueOf(key), item));
      for (Map.Entry<String, Object> entry : sorted.entrySet()) {
        json.writeFieldName(entry.getKey());
        writeValue(entry.getValue(), json);
      }
      json.writeEndObject();
    } else if (value instanceof Double number) {
      if (number == Math.rint(number) && Math.abs(number) < 1e15) {
        json.writeNumber(number.longValue());
      } else {
        json.writeNumber(number);
      }
    } else if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else {
      json.writeString(value.toString());
    }
  }
}
