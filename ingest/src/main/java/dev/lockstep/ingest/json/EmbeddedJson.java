package dev.lockstep.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/** Static methods that parse JSON which may be embedded as a text in other JSON. */
public final class EmbeddedJson {
  /**
   * Function that is given a parser at the start of an object or array, and reads this object or
   * array to its end.
   */
  @FunctionalInterface
  public interface Visitor {
    void visit(JsonParser json) throws IOException;
  }

  private EmbeddedJson() {}

  /**
   * Visits the object or array at the parser, or, if the parser is at a text with embedded JSON,
   * the object or array in this text. Other values are ignored. A damaged text is visited up to the
   * damage.
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
   * Returns a parser of the JSON in the text at which the outer parser stands. The outer parser
   * must not advance before the inner parser is done, because they share the characters.
   */
  public static JsonParser open(JsonFactory factory, JsonParser outer) throws IOException {
    return factory.createParser(
        outer.getTextCharacters(), outer.getTextOffset(), outer.getTextLength());
  }
}
