package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.lockstep.ingest.json.JsonScan;
import java.io.IOException;

/**
 * Check of a text's lines, which tells whether each line is a message or the whole text is one JSON
 * document. Each line is a message if the first line is intact. Otherwise a text that is JSON
 * across lines is a document. In any other text the majority of the lines decides.
 */
final class LineFormat {
  private final byte[] text;
  private final JsonFactory json;

  LineFormat(byte[] text, JsonFactory json) {
    this.text = text;
    this.json = json;
  }

  boolean isWhole(int from, int to) {
    int i = JsonScan.skipBlanks(text, from, to);
    while (i < to) {
      int next = JsonScan.valueEnd(text, i, to);
      if (next <= i) {
        return false;
      }
      i = JsonScan.skipBlanks(text, next, to);
      while (i < to && text[i] == ',') {
        i = JsonScan.skipBlanks(text, i + 1, to);
      }
    }
    return true;
  }

  /**
   * Returns whether the text begins with a JSON value that is whole or can become whole by more
   * text after {@code end}. A value above a limit of the parser counts too.
   *
   * @param all whether the text ends at {@code end}
   */
  boolean isDocument(int from, int end, boolean all) {
    try (JsonParser parser = json.createParser(text, from, end - from)) {
      parser.nextToken();
      parser.skipChildren();
      return true;
    } catch (JsonEOFException e) {
      return !all;
    } catch (StreamConstraintsException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns whether the text looks like JSON lines, each a message, and not like a JSON array with
   * one element a line. The result is true if lines with only an object outnumber lines with an
   * object and a comma.
   */
  boolean mostLinesAreMessages(int start, int end) {
    int whole = 0;
    int listed = 0;
    int from = start;
    while (from < end) {
      int to = from;
      while (to < end && text[to] != '\n') {
        to++;
      }
      if (text[from] == '{') {
        int value = JsonScan.afterClosing(text, from, to, 0);
        int rest = value < 0 ? to : JsonScan.skipBlanks(text, value, to);
        if (value >= 0 && rest == to) {
          whole++;
        } else if (value >= 0 && text[rest] == ',') {
          listed++;
        }
      }
      from = to + 1;
    }
    return whole > listed;
  }
}
