package dev.lockstep.ingest.split;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.lockstep.ingest.json.Scan;
import java.io.IOException;

/**
 * Format of a text, judged by its beginning: one message a line, or a document across lines. It is
 * one a line if the first line is whole; a text that is JSON across line ends is a document, and
 * anything else is damaged: then the majority of lines decides.
 */
final class LineFormat {
  private final byte[] text;
  private final JsonFactory json;

  LineFormat(byte[] text, JsonFactory json) {
    this.text = text;
    this.json = json;
  }

  /** Whether there is nothing but whole values. */
  boolean isWhole(int from, int to) {
    int i = Scan.skipBlanks(text, from, to);
    while (i < to) {
      int next = Scan.valueEnd(text, i, to);
      if (next <= i) {
        return false;
      }
      i = Scan.skipBlanks(text, next, to);
      while (i < to && text[i] == ',') {
        i = Scan.skipBlanks(text, i + 1, to);
      }
    }
    return true;
  }

  /**
   * Whether the first value is JSON, as far as it is there.
   *
   * @param all whether there is nothing behind the end
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

  /** Whether more lines are an object alone than are an object in a list that goes on. */
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
        int value = Scan.closed(text, from, to, 0);
        int rest = value < 0 ? to : Scan.skipBlanks(text, value, to);
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
