package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.function.BiConsumer;

/** Reads lists of names and values, as objects or as the text of them. */
final class Pairs {
  private final Key.Table keys;
  private final JsonFactory embedded;

  Pairs(Key.Table keys, JsonFactory embedded) {
    this.keys = keys;
    this.embedded = embedded;
  }

  /**
   * Hands out each name in lower case with its value; what lacks either is passed by.
   *
   * @param nameKey what the list calls a name
   * @param valueKey what the list calls a value
   */
  void read(JsonParser json, Key nameKey, Key valueKey, BiConsumer<String, String> sink)
      throws IOException {
    Embedded.structure(
        embedded,
        json,
        list -> {
          if (list.currentToken() == JsonToken.START_OBJECT) {
            readOne(list, nameKey, valueKey, sink);
            return;
          }
          while (list.nextToken() != JsonToken.END_ARRAY) {
            if (list.currentToken() == JsonToken.START_OBJECT) {
              readOne(list, nameKey, valueKey, sink);
            } else {
              list.skipChildren();
            }
          }
        });
  }

  private void readOne(JsonParser json, Key nameKey, Key valueKey, BiConsumer<String, String> sink)
      throws IOException {
    String name = null;
    String value = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      Key key = keys.of(json.currentName());
      json.nextToken();
      if (key == nameKey) {
        name = Scalars.first(name, json);
      } else if (key == valueKey) {
        value = Scalars.first(value, json);
      } else {
        json.skipChildren();
      }
    }
    if (name != null && value != null) {
      sink.accept(LinkFields.lower(name), value);
    }
  }
}
