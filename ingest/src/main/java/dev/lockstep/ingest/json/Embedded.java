package dev.lockstep.ingest.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/** JSON that is written as the text of another JSON. */
public final class Embedded {
  /** Reads the object or array that a parser stands on, to its end. */
  @FunctionalInterface
  public interface Visitor {
    void visit(JsonParser json) throws IOException;
  }

  private Embedded() {}

  /**
   * Has the object or array read that the parser stands on, or that its text holds. Anything else
   * is ignored; of a damaged text that counts which was complete before the damage.
   */
  public static void structure(JsonFactory factory, JsonParser json, Visitor visitor)
      throws IOException {
    if (json.currentToken().isStructStart()) {
      visitor.visit(json);
    } else if (Texts.isStructure(json)) {
      try (JsonParser inner = open(factory, json)) {
        inner.nextToken();
        visitor.visit(inner);
      } catch (JsonProcessingException e) {
        // The text is no JSON to its end; nothing around it is harmed.
      }
    }
  }

  /**
   * Opens the text that the parser stands on. The outer parser must not be advanced before the
   * inner one is done: they share the characters.
   */
  public static JsonParser open(JsonFactory factory, JsonParser outer) throws IOException {
    return factory.createParser(
        outer.getTextCharacters(), outer.getTextOffset(), outer.getTextLength());
  }
}
