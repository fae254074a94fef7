package dev.lockstep.app.detection;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reader of a detection in JSON, which passes on every field; each command takes the fields that it
 * needs. The JSON is a line of {@code replay --output}, a row of Sentinel, or a finding with its
 * classification.
 */
public final class DetectionFields {
  private static final JsonFactory JSON = new JsonFactory();

  private DetectionFields() {}

  /** Receiver of the fields of an object. */
  @FunctionalInterface
  public interface Field {
    /**
     * Receives one field. What the receiver leaves of an object or a list is skipped.
     *
     * @param value parser at the first token of the value
     * @throws IOException if the value is not what the field should have; its message says why
     */
    void take(String name, JsonParser value) throws IOException;
  }

  /** Receiver of the objects in a list. */
  @FunctionalInterface
  public interface Element {
    /**
     * Receives one object.
     *
     * @param value parser at the beginning of the object
     */
    void take(JsonParser value) throws IOException;
  }

  /**
   * Passes each field of a detection to a receiver, under the name that {@code replay --output}
   * gives to the field. If the detection is a row of Sentinel, the names of its columns are first
   * converted to these names.
   *
   * @throws IOException if the line is not JSON, is cut off, or has more than an object
   */
  public static void forEachField(String line, Field each) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("the line is not a JSON object");
      }
      forEach(parser, (name, value) -> each.take(named(name), value));
      if (parser.nextToken() != null) {
        throw new IOException("the line has text after its JSON object");
      }
    }
  }

  /** Returns the name that {@code replay --output} gives to a column of Sentinel. */
  private static String named(String column) {
    return switch (column) {
      case "DetectionId" -> "id";
      case "AlertTitle" -> "title";
      case "" -> column;
      default -> Character.toLowerCase(column.charAt(0)) + column.substring(1);
    };
  }

  /**
   * Passes each field of an object to a receiver. Any other value has no fields, and is skipped.
   */
  public static void forEach(JsonParser object, Field each) throws IOException {
    if (object.currentToken() != JsonToken.START_OBJECT) {
      object.skipChildren();
      return;
    }
    while (object.nextToken() == JsonToken.FIELD_NAME) {
      String name = object.currentName();
      object.nextToken();
      each.take(name, object);
      object.skipChildren();
    }
  }

  /** Passes each object in a list to a receiver. Other elements are left out. */
  public static void forEachObject(JsonParser list, Element each) throws IOException {
    if (list.currentToken() != JsonToken.START_ARRAY) {
      list.skipChildren();
      return;
    }
    while (list.nextToken() != JsonToken.END_ARRAY) {
      if (list.currentToken() == JsonToken.START_OBJECT) {
        each.take(list);
      }
      list.skipChildren();
    }
  }

  /** Returns the fields of an object that have a number, a truth value or a text. */
  public static Map<String, String> texts(JsonParser object) throws IOException {
    Map<String, String> texts = new HashMap<>();
    forEach(
        object,
        (name, value) -> {
          String text = text(value);
          if (text != null) {
            texts.put(name, text);
          }
        });
    return texts;
  }

  /**
   * Returns a JSON number, truth value or text as a string, or null for JSON's null, an object or a
   * list.
   */
  public static @Nullable String text(JsonParser value) throws IOException {
    return value.currentToken().isScalarValue() ? value.getValueAsString() : null;
  }
}
