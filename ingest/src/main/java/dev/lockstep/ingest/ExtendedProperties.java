package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Finds the client in an alert's extended properties, whose names are words for people. A value is
 * a text: one thing, several, or JSON.
 */
final class ExtendedProperties {
  private static final int LEVELS = 2;

  private final Key.Table keys;
  private final JsonFactory embedded;

  ExtendedProperties(Key.Table keys, JsonFactory embedded) {
    this.keys = keys;
    this.embedded = embedded;
  }

  /** Reads the value that the parser stands on: an object, or one as a text. */
  void read(JsonParser json, Named named) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      object(json, named);
    } else if (Texts.isStructure(json)) {
      try (JsonParser inner = Embedded.open(embedded, json)) {
        if (inner.nextToken() == JsonToken.START_OBJECT) {
          object(inner, named);
        }
      } catch (JsonProcessingException e) {
        // What was complete before the damage has been taken.
      }
    } else {
      json.skipChildren();
    }
  }

  private void object(JsonParser json, Named named) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      Key key = keys.of(json.currentName());
      json.nextToken();
      switch (key) {
        case CLIENT_IP_ADDRESS -> texts(json, named::address, 0);
        case CLIENT_PRINCIPAL_NAME -> texts(json, named::name, 0);
        default -> json.skipChildren();
      }
    }
  }

  private void texts(JsonParser json, Consumer<String> sink, int level) throws IOException {
    int open = 0;
    do {
      JsonToken token = json.currentToken();
      if (token.isStructStart()) {
        open++;
      } else if (token.isStructEnd()) {
        open--;
      } else if (token == JsonToken.VALUE_STRING) {
        text(json, sink, level);
      }
    } while (open > 0 && json.nextToken() != null);
  }

  private void text(JsonParser json, Consumer<String> sink, int level) throws IOException {
    if (!Texts.isStructure(json)) {
      Texts.each(json.getText(), sink);
    } else if (level < LEVELS) {
      try (JsonParser inner = Embedded.open(embedded, json)) {
        if (inner.nextToken() != null) {
          texts(inner, sink, level + 1);
        }
      } catch (JsonProcessingException e) {
        // What was complete before the damage has been taken.
      }
    }
  }
}
