package dev.lockstep.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/** Static methods that parse JSON which may be embedded as a text in other JSON. */
public final class EmbeddedJson {
  /**
   * Reader of the object or array at which a parser is. It reads the object or array to its end.
   */
  @FunctionalInterface
  public interface Visitor {
    void visit(JsonParser json) throws IOException;
  }

  private EmbeddedJson() {}

  /**
   * Visits the object or array at the parser, even if it is embedded in a text. Other values are
   * ignored. A damaged text is visited up to the damage.
   */
  public static void structure(JsonFactory factory, JsonParser json, Visitor visitor)
      throws IOException {
    if (json.currentToken().isStructStart()) {
      visitor.visit(json);
    } else if (MultiValueText.isStructure(json)) {
      try (JsonParser inner = open(factory, json)) {
        inner.nextToken();
        visitor.visit(inner);
      } catch (JsonProcessingException e) {
        // The embedded text is damaged; the JSON around it is not.
      }
    }
  }

  /**
   * Returns a parser of the JSON in the current text of the outer parser. The outer parser must not
   * advance before the inner parser is done, because they share the characters.
   */
  public static JsonParser open(JsonFactory factory, JsonParser outer) throws IOException {
    return factory.createParser(
        outer.getTextCharacters(), outer.getTextOffset(), outer.getTextLength());
  }
}
