package dev.lockstep.ingest.entity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.EmbeddedJson;
import dev.lockstep.ingest.json.JsonWalker;
import dev.lockstep.ingest.json.MultiValueText;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Reader of the client's address and principal name in an alert's extended properties. Their keys
 * are display names. A value is a text with one item, several items, or JSON.
 */
public final class ExtendedProperties {
  private static final int LEVELS = 2;

  private final JsonFactory embedded;
  private final JsonWalker walker;

  public ExtendedProperties(JsonFactory embedded, JsonWalker walker) {
    this.embedded = embedded;
    this.walker = walker;
  }

  /**
   * Adds the client's addresses and principal names to the entities that the alert names. The value
   * at the parser is a JSON object or a text that holds one.
   */
  public void read(JsonParser json, NamedEntities named) throws IOException {
    walker.object(
        json,
        (key, value) -> {
          switch (key) {
            case CLIENT_IP_ADDRESS -> texts(value, named::address, 0);
            case CLIENT_PRINCIPAL_NAME -> texts(value, named::name, 0);
            default -> value.skipChildren();
          }
        });
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
    if (!MultiValueText.isStructure(json)) {
      MultiValueText.each(json.getText(), sink);
    } else if (level < LEVELS) {
      EmbeddedJson.structure(embedded, json, inner -> texts(inner, sink, level + 1));
    }
  }
}
