package dev.lockstep.ingest.raw;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/**
 * Text of one JSON value, such as an object or a list, written without blanks. It has as few
 * escapes as possible, and its keys and numbers stay as they were.
 */
final class CompactJson {
  private static final String HEX = "0123456789abcdef";

  private char[] chars = new char[256];
  private int length;

  CompactJson(JsonParser json) throws IOException {
    int open = 0;
    boolean isFirst = true;
    JsonToken token = json.currentToken();
    do {
      boolean isEnd = token.isStructEnd();
      if (!isEnd && !isFirst) {
        put(',');
      }
      isFirst = token.isStructStart() || token == JsonToken.FIELD_NAME;
      open += token.isStructStart() ? 1 : isEnd ? -1 : 0;
      write(token, json);
      token = open > 0 ? json.nextToken() : null;
    } while (token != null);
  }

  private void write(JsonToken token, JsonParser json) throws IOException {
    switch (token) {
      case FIELD_NAME -> {
        String name = json.currentName();
        quote(name.toCharArray(), 0, name.length());
        put(':');
      }
      case VALUE_STRING ->
          quote(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
      default -> {
        String text = json.getText();
        ensure(text.length());
        text.getChars(0, text.length(), chars, length);
        length += text.length();
      }
    }
  }

  private void quote(char[] text, int from, int count) {
    ensure(6 * count + 2);
    chars[length++] = '"';
    for (int i = from; i < from + count; i++) {
      char c = text[i];
      if (c == '"' || c == '\\') {
        chars[length++] = '\\';
        chars[length++] = c;
      } else if (c >= ' ') {
        chars[length++] = c;
      } else {
        control(c);
      }
    }
    chars[length++] = '"';
  }

  private void control(char c) {
    int letter = "\b\t\n\f\r".indexOf(c);
    chars[length++] = '\\';
    if (letter >= 0) {
      chars[length++] = "btnfr".charAt(letter);
    } else {
      chars[length++] = 'u';
      chars[length++] = '0';
      chars[length++] = '0';
      chars[length++] = HEX.charAt(c >> 4);
      chars[length++] = HEX.charAt(c & 15);
    }
  }

  private void put(char c) {
    ensure(1);
    chars[length++] = c;
  }

  private void ensure(int more) {
    if (length + more > chars.length) {
      chars = Arrays.copyOf(chars, Math.max(2 * chars.length, length + more));
    }
  }

  char[] chars() {
    return chars;
  }

  int length() {
    return length;
  }
}
