package dev.lockstep.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** JSON that is written as the text of another JSON. */
final class Embedded {
  private Embedded() {}

  /**
   * Opens the text that the parser stands on. The outer parser must not be advanced before the
   * inner one is done: they share the characters.
   */
  static JsonParser open(JsonFactory factory, JsonParser outer) throws IOException {
    return factory.createParser(
        outer.getTextCharacters(), outer.getTextOffset(), outer.getTextLength());
  }
}
