package dev.lockstep.ingest.split;

import dev.lockstep.ingest.json.JsonScan;

/**
 * Scanner for the ends of JSON values in a window of bytes that moves over a file. It looks at
 * quotes, escapes and brackets only; {@link JsonScan} does the same for an array of bytes. Commas
 * between values count as blanks.
 */
final class WindowScan {
  private final RowWindow window;
  private final int rowBytes;

  WindowScan(RowWindow window, int rowBytes) {
    this.window = window;
    this.rowBytes = rowBytes;
  }

  /**
   * Returns the length in bytes of the JSON value at the current position, or -1 if its end is not
   * found. It is not found if the value is not closed, or is longer than a row may be.
   */
  int length() {
    int b = window.peek(0);
    if (b == '[' || b == '{' || b == '"') {
      return end(0);
    }
    int i = 1;
    while (i <= rowBytes && isOfScalar(window.peek(i))) {
      i++;
    }
    return i <= rowBytes ? i : -1;
  }

  private static boolean isOfScalar(int b) {
    return b != RowWindow.END && b != ',' && b != ']' && b != '}';
  }

  /**
   * Returns the position after the JSON string, list or object at a position, or -1 if its end is
   * not found. It is not found if the value is not closed, or is longer than a row may be.
   * Positions count from the window's first byte.
   */
  int end(int from) {
    int depth = 0;
    boolean text = false;
    for (int i = from; i - from <= rowBytes; i++) {
      int b = window.peek(i);
      if (b == RowWindow.END) {
        return -1;
      } else if (text) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          text = false;
          if (depth == 0) {
            return i + 1;
          }
        }
      } else if (b == '"') {
        text = true;
      } else if (b == '[' || b == '{') {
        depth++;
      } else if (b == ']' || b == '}') {
        depth--;
        if (depth <= 0) {
          return i + 1;
        }
      }
    }
    return -1;
  }

  void skipValue() {
    int depth = 0;
    boolean text = false;
    while (window.peek(0) != RowWindow.END) {
      int b = window.peek(0);
      if (!text && depth == 0 && (b == ',' || b == ']' || b == '}')) {
        return;
      }
      window.advance(1);
      if (text) {
        if (b == '\\' && window.peek(0) != RowWindow.END) {
          window.advance(1);
        } else if (b == '"') {
          text = false;
        }
      } else if (b == '"') {
        text = true;
      } else if (b == '[' || b == '{') {
        depth++;
      } else if (b == ']' || b == '}') {
        depth--;
        if (depth == 0) {
          return;
        }
      }
    }
  }

  boolean skipBlanks() {
    while (window.peek(0) != RowWindow.END) {
      int b = window.peek(0);
      if (b != ',' && !JsonScan.isBlank((byte) b)) {
        return true;
      }
      window.advance(1);
    }
    return false;
  }
}
