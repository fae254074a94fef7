package dev.lockstep.ingest.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Scanner that finds the ends of JSON values in any bytes, also in damaged JSON. It looks for
 * quotes, escapes, brackets and commas only. No byte of a longer UTF-8 character looks like one of
 * these.
 */
public final class JsonScan {
  /** Names of the lists of records in an envelope, in lower case. */
  public static final List<String> LIST_NAMES = List.of("records", "value", "results");

  private static final byte[][] LISTS =
      LIST_NAMES.stream().map(JsonScan::ascii).toArray(byte[][]::new);

  /** Reader of eight bytes at once as a long. The first byte is the lowest. */
  public static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** 64-bit number whose eight bytes each have the value 1. */
  public static final long ONES = 0x0101_0101_0101_0101L;

  /** 64-bit mask in which the highest bit of each of the eight bytes is set. */
  public static final long HIGHS = 0x8080_8080_8080_8080L;

  /** Number of bytes of a byte order mark in UTF-8. */
  public static final int MARK_BYTES = 3;

  private static final int HEAD_BYTES = 32;
  private static final int HEAD_VALUE_BYTES = 1024;
  private static final Set<String> INNER_HEADS =
      Set.of("id", "$id", "name", "displayname", "key", "type", "value");

  private JsonScan() {}

  private static byte[] ascii(String word) {
    return word.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns whether a byte is white space between JSON values. NUL counts too, because some senders
   * pad messages with it.
   */
  public static boolean isBlank(byte b) {
    return b <= ' ' && (b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == 0);
  }

  /** Returns the position after a leading byte order mark, or 0 if there is none. */
  public static int markEnd(byte[] bytes) {
    return isMark(bytes, 0, bytes.length) ? MARK_BYTES : 0;
  }

  /** Returns whether a byte order mark in UTF-8 is at a position. */
  public static boolean isMark(byte[] bytes, int at, int end) {
    return end - at >= MARK_BYTES
        && bytes[at] == (byte) 0xEF
        && bytes[at + 1] == (byte) 0xBB
        && bytes[at + 2] == (byte) 0xBF;
  }

  /**
   * Returns the position after blanks and byte order marks. Files that were joined have such marks
   * between their documents.
   */
  public static int skipMarks(byte[] bytes, int from, int end) {
    int i = skipBlanks(bytes, from, end);
    while (isMark(bytes, i, end)) {
      i = skipBlanks(bytes, i + MARK_BYTES, end);
    }
    return i;
  }

  public static int skipBlanks(byte[] bytes, int from, int end) {
    int i = from;
    while (i < end && isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  /**
   * Returns the position after the closing quote of a text, or -1 if the text has no end.
   *
   * @param from position of the opening quote
   */
  public static int textEnd(byte[] bytes, int from, int end) {
    int i = from + 1;
    while (i < end) {
      if (i + Long.BYTES <= end) {
        long found = textBreaks((long) WORDS.get(bytes, i));
        if (found == 0) {
          i += Long.BYTES;
          continue;
        }
        i += Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
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

  /** Returns the number of quotes in bytes, without those that a backslash escapes. */
  public static int quotes(byte[] bytes, int from, int end) {
    int quotes = 0;
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\\') {
        i++;
      } else if (bytes[i] == '"') {
        quotes++;
      }
    }
    return quotes;
  }

  /**
   * Returns a bit mask that marks the first quote or backslash in eight bytes, or 0 if there is
   * none. The lowest set bit of the mask is the highest bit of that byte. Other bits of the mask
   * say nothing.
   *
   * @param word eight bytes as {@link #WORDS} reads them
   */
  public static long textBreaks(long word) {
    return zeros(word ^ ('"' * ONES)) | zeros(word ^ ('\\' * ONES));
  }

  /**
   * Returns a bit mask that marks the first zero byte of a 64-bit number, or 0 if no byte is zero.
   * The lowest set bit of the mask is the highest bit of that byte. Other bits of the mask say
   * nothing.
   *
   * @param word eight bytes as {@link #WORDS} reads them
   */
  public static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  /**
   * Returns the position after the bracket that closes all open brackets, or -1 if none does.
   *
   * @param open number of brackets that are open at {@code from}
   */
  public static int afterClosing(byte[] bytes, int from, int end, int open) {
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

  /**
   * Returns the position after a value, or -1 if the value has no end.
   *
   * @param from position of the value
   */
  public static int valueEnd(byte[] bytes, int from, int end) {
    byte b = bytes[from];
    if (b == '{' || b == '[') {
      return afterClosing(bytes, from, end, 0);
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
   * Returns the position after the opening bracket of {@code records[]}, or -1 if the array is not
   * found. The array may also be named {@code value} or {@code results}, and has to begin before
   * the damage.
   *
   * @param from position of the object that has the array
   */
  public static int recordsStart(byte[] bytes, int from, int end) {
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

  /** Returns the largest depth of nested brackets, but at most one more than a maximum. */
  public static int depth(byte[] bytes, int most) {
    int deepest = 0;
    int depth = 0;
    int i = 0;
    while (i < bytes.length && deepest <= most) {
      byte b = bytes[i];
      if (b == '"') {
        i = textEnd(bytes, i, bytes.length);
        if (i < 0) {
          return deepest;
        }
        continue;
      }
      if (b == '{' || b == '[') {
        deepest = Math.max(deepest, ++depth);
      } else if (b == '}' || b == ']') {
        depth--;
      }
      i++;
    }
    return deepest;
  }

  /**
   * Returns whether the bytes may contain a text longer than the given number of bytes. The length
   * includes escapes. The scan is fast, because it only checks that each stretch of that length has
   * a quote that no backslash escapes.
   */
  public static boolean mayHoldText(byte[] bytes, int moreThanBytes) {
    int start = 0;
    while (bytes.length - start > moreThanBytes) {
      int i = start + moreThanBytes;
      while (i >= start && !isQuote(bytes, i)) {
        i--;
      }
      if (i < start) {
        return true;
      }
      start = i + 1;
    }
    return false;
  }

  private static boolean isQuote(byte[] bytes, int at) {
    if (bytes[at] != '"') {
      return false;
    }
    int i = at;
    while (i > 0 && bytes[i - 1] == '\\') {
      i--;
    }
    return (at - i) % 2 == 0;
  }

  /**
   * Returns whether two objects begin with the same two keys. It is false if objects in lists
   * within records often begin with that first key.
   */
  public static boolean sameHead(byte[] bytes, int one, int other, int end) {
    int first = skipBlanks(bytes, one + 1, end);
    int second = skipBlanks(bytes, other + 1, end);
    int length = sameText(bytes, first, second, end);
    if (length == 0 || INNER_HEADS.contains(lower(bytes, first + 1, first + length - 1))) {
      return false;
    }
    int next = secondKey(bytes, first + length, end);
    return next >= 0 && sameText(bytes, next, secondKey(bytes, second + length, end), end) > 0;
  }

  private static int sameText(byte[] bytes, int one, int other, int end) {
    if (one < 0 || other < 0 || one >= end || other >= end || bytes[one] != '"') {
      return 0;
    }
    int length = textEnd(bytes, one, Math.min(end, one + HEAD_BYTES)) - one;
    return length > 2
            && other + length <= end
            && Arrays.equals(bytes, one, one + length, bytes, other, other + length)
        ? length
        : 0;
  }

  /**
   * Returns the position where the second key of a JSON object begins, or -1 if none is found. If
   * the first key's value is an object, the first key inside that object counts as the second.
   *
   * @param from position after the first key
   */
  private static int secondKey(byte[] bytes, int from, int end) {
    int at = skipBlanks(bytes, from, end);
    if (at >= end || bytes[at] != ':') {
      return -1;
    }
    at = skipBlanks(bytes, at + 1, end);
    if (at < end && bytes[at] == '{') {
      return skipBlanks(bytes, at + 1, end);
    }
    int stop = at < end ? valueEnd(bytes, at, Math.min(end, at + HEAD_VALUE_BYTES)) : -1;
    if (stop < 0) {
      return -1;
    }
    stop = skipBlanks(bytes, stop, end);
    return stop < end && bytes[stop] == ',' ? skipBlanks(bytes, stop + 1, end) : -1;
  }

  private static String lower(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
  }

  private static boolean isRecords(byte[] bytes, int from, int to) {
    for (byte[] word : LISTS) {
      if (isWord(bytes, from, to, word)) {
        return true;
      }
    }
    return false;
  }

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
   * Returns the position of the next opening brace that may begin an element or a document, or -1
   * if there is none. Such a brace comes after a comma, a line break or a closing bracket, with
   * only blanks between. An element is an object in a list.
   */
  public static int nextObject(byte[] bytes, int from, int end) {
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
