package dev.lockstep.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.function.Consumer;

/** Splitter of texts that list several values, and check of whether a text begins like JSON. */
public final class MultiValueText {
  private MultiValueText() {}

  /** Returns whether the parser is at a text that begins like an object or array. */
  public static boolean isStructure(JsonParser json) throws IOException {
    char first = firstOfText(json);
    return first == '{' || first == '[';
  }

  /**
   * Returns the first non-blank character of the text that the parser has reached, or 0 if there is
   * none.
   */
  private static char firstOfText(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      return 0;
    }
    char[] chars = json.getTextCharacters();
    int end = json.getTextOffset() + json.getTextLength();
    int at = json.getTextOffset();
    while (at < end && chars[at] <= ' ') {
      at++;
    }
    return at < end ? chars[at] : 0;
  }

  /** Returns whether the parser is at an object or at a text that begins like an object. */
  public static boolean isObject(JsonParser json) throws IOException {
    return json.currentToken() == JsonToken.START_OBJECT || firstOfText(json) == '{';
  }

  /**
   * Splits a list at commas, semicolons and blanks, and passes each part to a consumer. Empty parts
   * are ignored.
   */
  public static void each(String list, Consumer<String> sink) {
    int from = 0;
    for (int i = 0; i <= list.length(); i++) {
      if (i == list.length() || isSeparator(list.charAt(i))) {
        if (i > from) {
          sink.accept(list.substring(from, i));
        }
        from = i + 1;
      }
    }
  }

  private static boolean isSeparator(char c) {
    return c == ',' || c == ';' || Character.isWhitespace(c);
  }
}
