package dev.lockstep.ingest.raw;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lockstep.ingest.json.EmbeddedJson;
import java.io.IOException;

/** Value of a name-value entry, kept until the entry's name is known. */
final class BufferedValue {
  private final char[] json;
  private final int length;
  private final boolean isText;
  private final String text;

  private BufferedValue(char[] json, int length, boolean isText, String text) {
    this.json = json;
    this.length = length;
    this.isText = isText;
    this.text = text;
  }

  static BufferedValue read(JsonParser from) throws IOException {
    boolean isText = from.currentToken() == JsonToken.VALUE_STRING;
    String text = isText ? from.getText() : "";
    CompactJson json = new CompactJson(from);
    return new BufferedValue(json.chars(), json.length(), isText, text);
  }

  boolean isText() {
    return isText;
  }

  String text() {
    return text;
  }

  void visit(JsonFactory factory, EmbeddedJson.Visitor visitor) throws IOException {
    try (JsonParser inner = factory.createParser(json, 0, length)) {
      inner.nextToken();
      visitor.visit(inner);
    }
  }
}
