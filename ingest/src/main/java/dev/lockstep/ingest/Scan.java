package dev.lockstep.ingest;

import java.nio.charset.StandardCharsets;

/**
 * Finds where values end in bytes that a parser has given up on: looks at quotes, escapes and
 * brackets only. Works on UTF-8, valid or not, because no byte of a longer character looks like one
 * of these.
 */
final class Scan {
  private static final byte[][] LISTS = {ascii("records"), ascii("value"), ascii("results")};

  private Scan() {}

  private static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether the byte may stand between values; NUL pads messages of some senders. */
  static boolean isBlank(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == 0;
  }

  /** Returns the position after a byte order mark at the beginning. */
  static int markEnd(byte[] bytes) {
    boolean mark =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return mark ? 3 : 0;
  }

  static int skipBlanks(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end && isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  /** Returns the position after the text whose opening quote is at {@code from}, or -1. */
  static int textEnd(byte[] bytes, int from, int end) {
    int i = from + 1;
    while (i < end) {
      byte b = bytes[i];
      if (b == '\\') {
        i++;
      } else if (b == '"') {
        return i + 1;
      }
      i++;
    }
    return -1;
  }

  /** Returns the position after the bracket that closes {@code open} brackets, or -1. */
  static int closed(byte[] bytes, int from, int end, int open) {
    int depth = open;
    int i = from;
    while (i < end) {
      byte b = bytes[i];
      if (b == '"') {
        i = textEnd(bytes, i, end);
        if (i < 0) {
          return -1;
        }
        continue;
      }
      if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth--;
        if (depth <= 0) {
          return i + 1;
        }
      }
      i++;
    }
    return -1;
  }

  /** Returns the position after the value that begins at {@code from}, or -1. */
  static int valueEnd(byte[] bytes, int from, int end) {
    byte b = bytes[from];
    if (b == '{' || b == '[') {
      return closed(bytes, from, end, 0);
    } else if (b == '"') {
      return textEnd(bytes, from, end);
    }
    int i = from;
    while (i < end && bytes[i] != ',' && bytes[i] != ']' && bytes[i] != '}') {
      i++;
    }
    return i;
  }

  /**
   * Returns the position after the bracket that opens {@code records[]} of the object at {@code
   * from}, or -1 if it has none before the damage.
   */
  static int recordsStart(byte[] bytes, int from, int end) {
    int i = skipBlanks(bytes, from + 1, end);
    while (i < end && bytes[i] == '"') {
      int nameEnd = textEnd(bytes, i, end);
      if (nameEnd < 0) {
        return -1;
      }
      boolean records = isRecords(bytes, i + 1, nameEnd - 1);
      i = skipBlanks(bytes, nameEnd, end);
      if (i >= end || bytes[i] != ':') {
        return -1;
      }
      i = skipBlanks(bytes, i + 1, end);
      if (i >= end) {
        return -1;
      }
      if (records && bytes[i] == '[') {
        return i + 1;
      }
      i = valueEnd(bytes, i, end);
      if (i < 0) {
        return -1;
      }
      i = skipBlanks(bytes, i, end);
      if (i < end && bytes[i] == ',') {
        i = skipBlanks(bytes, i + 1, end);
      }
    }
    return -1;
  }

  private static boolean isRecords(byte[] bytes, int from, int to) {
    for (byte[] word : LISTS) {
      if (isWord(bytes, from, to, word)) {
        return true;
      }
    }
    return false;
  }

  /** Compares without regard to case. */
  private static boolean isWord(byte[] bytes, int from, int to, byte[] word) {
    if (to - from != word.length) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      if ((bytes[from + i] | 0x20) != word[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the next position whose object may be an element of a list or a document, by what
   * stands before it, or -1.
   */
  static int nextObject(byte[] bytes, int from, int end) {
    byte before = 0;
    for (int i = from; i < end; i++) {
      byte b = bytes[i];
      if (b == '{' && (before == ',' || before == '\n' || before == '}' || before == ']')) {
        return i;
      }
      if (b == '\n' ? before != ',' : !isBlank(b)) {
        before = b;
      }
    }
    return -1;
  }
}
