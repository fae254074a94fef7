package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Writer of a row as a JSON object, which leaves out null and blank texts. */
final class RowJson {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private final JsonGenerator json;

  RowJson(JsonFactory factory) {
    try {
      this.json = factory.createGenerator(bytes);
      json.writeStartObject();
    } catch (IOException e) {
      throw inMemory(e);
    }
  }

  JsonGenerator generator() {
    return json;
  }

  void put(String name, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      try {
        json.writeStringField(name, value);
      } catch (IOException e) {
        throw inMemory(e);
      }
    }
  }

  void open(String name) {
    try {
      json.writeObjectFieldStart(name);
    } catch (IOException e) {
      throw inMemory(e);
    }
  }

  void close() {
    try {
      json.writeEndObject();
    } catch (IOException e) {
      throw inMemory(e);
    }
  }

  byte[] done() {
    try {
      json.writeEndObject();
      json.close();
    } catch (IOException e) {
      throw inMemory(e);
    }
    return bytes.toByteArray();
  }

  private static UncheckedIOException inMemory(IOException e) {
    return new UncheckedIOException("could not write to memory", e);
  }
}
