package dev.lockstep.app.terminal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import dev.lockstep.schemas.text.EscapedJson;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writer of values as JSON text, on one line or with a line for each field. */
public final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  /** Function that writes one value, or the fields of one object, to a JSON generator. */
  @FunctionalInterface
  public interface Value {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** Function that writes the fields of an item as an object to the given JSON generator. */
  @FunctionalInterface
  public interface Fields<T> {
    void write(JsonGenerator json, T item) throws IOException;
  }

  /** Returns a value as JSON on one line. */
  public static String of(Value value) {
    return of(text -> text, value);
  }

  /** Returns an object as JSON on one line, with the fields that a function writes. */
  public static String object(Value fields) {
    return object(text -> text, fields);
  }

  /** Returns an object as JSON on one line, with {@code replace} applied to each text value. */
  public static String object(UnaryOperator<String> replace, Value fields) {
    return of(
        replace,
        json -> {
          json.writeStartObject();
          fields.writeTo(json);
          json.writeEndObject();
        });
  }

  /** Returns an array as JSON on one line, with an object for each item. */
  public static <T> String objects(Iterable<T> items, Fields<T> fields) {
    return of(
        json -> {
          json.writeStartArray();
          for (T item : items) {
            json.writeStartObject();
            fields.write(json, item);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /**
   * Returns a value as JSON on one line, with {@code replace} applied to each text value. Names of
   * fields stay as they are.
   *
   * @param replace function from a text to its replacement
   */
  public static String of(UnaryOperator<String> replace, Value value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      value.writeTo(new Replacing(json, replace));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return EscapedJson.of(text.toString());
  }

  /** Returns a value as JSON with a line for each field of an object. */
  public static String indented(Value value) {
    StringWriter text = new StringWriter();
    DefaultIndenter lines = new DefaultIndenter("  ", "\n");
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(lines));
      value.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().lines().map(EscapedJson::of).collect(Collectors.joining("\n"));
  }

  /**
   * Function that writes the fields of an item to a JSON generator that the function already has.
   * The start and the end of the object are written by the caller.
   */
  @FunctionalInterface
  public interface ItemFields<T> {
    void write(T item) throws IOException;
  }

  /** Writes a field whose value is an array with one object for each item. */
  public static <T> void writeObjects(
      JsonGenerator json, String name, Iterable<T> items, ItemFields<T> fields) throws IOException {
    json.writeArrayFieldStart(name);
    for (T item : items) {
      json.writeStartObject();
      fields.write(item);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes a field whose value is an object with one whole number for each key of the counts. */
  public static void writeCounts(
      JsonGenerator json, String name, Map<String, ? extends Number> counts) throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, ? extends Number> count : counts.entrySet()) {
      json.writeNumberField(count.getKey(), count.getValue().longValue());
    }
    json.writeEndObject();
  }

  /** Writes a field with a text, or nothing if the text is null. */
  public static void writeText(JsonGenerator json, String name, @Nullable String text)
      throws IOException {
    if (text != null) {
      json.writeStringField(name, text);
    }
  }

  /** Writes a field with an array of texts. */
  public static void writeTexts(JsonGenerator json, String name, Collection<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  /** JSON generator that replaces each text value before the value is written. */
  private static final class Replacing extends JsonGeneratorDelegate {
    private final UnaryOperator<String> replace;

    Replacing(JsonGenerator json, UnaryOperator<String> replace) {
      super(json);
      this.replace = replace;
    }

    @Override
    public void writeString(String text) throws IOException {
      super.writeString(text == null ? null : replace.apply(text));
    }
  }
}
