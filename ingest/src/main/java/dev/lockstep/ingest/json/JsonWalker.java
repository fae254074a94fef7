package dev.lockstep.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.text.Scalars;
import java.io.IOException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Walker over the members of JSON objects and of lists of objects, which may be embedded in a text.
 */
public final class JsonWalker {
  private final Key.Table keys;
  private final JsonFactory embedded;

  /** Function for one member of an object. It reads or skips the value at the parser. */
  @FunctionalInterface
  public interface Member {
    void take(Key key, JsonParser json) throws IOException;
  }

  /**
   * Creates a walker that looks up the names of members in a table of keys.
   *
   * @param embedded factory of the parsers for JSON within a text
   */
  public JsonWalker(Key.Table keys, JsonFactory embedded) {
    this.keys = keys;
    this.embedded = embedded;
  }

  /**
   * Passes each member of the object at the parser to a function, even if the object is embedded in
   * a text. Other values are ignored.
   */
  public void object(JsonParser json, Member member) throws IOException {
    EmbeddedJson.structure(embedded, json, object -> members(object, member));
  }

  /**
   * Passes the object at the parser's position to a visitor or, if a list is at this position, each
   * object in the list. The object or list may be in a text. Other values are ignored.
   */
  public void objects(JsonParser json, EmbeddedJson.Visitor each) throws IOException {
    EmbeddedJson.structure(
        embedded,
        json,
        list -> {
          if (list.currentToken() == JsonToken.START_OBJECT) {
            each.visit(list);
            return;
          }
          while (list.nextToken() != JsonToken.END_ARRAY) {
            if (list.currentToken() == JsonToken.START_OBJECT) {
              each.visit(list);
            } else {
              list.skipChildren();
            }
          }
        });
  }

  /** Passes each member of the object at the parser to a function. Any other value is skipped. */
  public void members(JsonParser json, Member member) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      Key key = keys.of(json.currentName());
      json.nextToken();
      member.take(key, json);
    }
  }

  /**
   * Passes the name and value of each entry in a list to a function. Names are in lower case. An
   * entry without name or value is ignored.
   *
   * @param nameKey key under which each entry has its name
   * @param valueKey key under which each entry has its value
   */
  public void pairs(JsonParser json, Key nameKey, Key valueKey, BiConsumer<String, String> sink)
      throws IOException {
    objects(
        json,
        object -> {
          Pair pair = new Pair();
          members(
              object,
              (key, value) -> {
                if (key == nameKey) {
                  pair.name = Scalars.first(pair.name, value);
                } else if (key == valueKey) {
                  pair.value = Scalars.first(pair.value, value);
                } else {
                  value.skipChildren();
                }
              });
          if (pair.name != null && pair.value != null) {
            sink.accept(Scalars.lower(pair.name), pair.value);
          }
        });
  }

  /** Name and value of one entry, as far as they have been read. */
  private static final class Pair {
    @Nullable String name;
    @Nullable String value;
  }
}
