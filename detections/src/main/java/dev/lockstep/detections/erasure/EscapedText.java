package dev.lockstep.detections.erasure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Text with its percent escapes, such as {@code %40}, read as the characters that they stand for.
 * Escapes that were escaped again are read too, because a link may hold another link. What is no
 * escape of UTF-8 stays as it is. Each character knows its place in the text as it is written.
 */
public final class EscapedText {
  private static final char PERCENT = '%';
  private static final String ESCAPED_PERCENT = "25";

  private final String written;
  private final String read;

  /**
   * Indexes at which the characters of the read text begin in the written text, followed by the
   * length of the written text. Null means that both texts are the same.
   */
  private final int @Nullable [] starts;

  private EscapedText(String written, String read, int @Nullable [] starts) {
    this.written = written;
    this.read = read;
    this.starts = starts;
  }

  static EscapedText read(String text) {
    int at = text.indexOf(PERCENT);
    if (at < 0) {
      return asWritten(text);
    }
    StringBuilder read = new StringBuilder(text.length()).append(text, 0, at);
    int[] starts = new int[text.length() + 1];
    Arrays.setAll(starts, i -> i);
    while (at < text.length()) {
      int end = end(text, at);
      int from = read.length();
      read.appendCodePoint(codePoint(text, at, end));
      Arrays.fill(starts, from, read.length(), at);
      at = end;
    }
    starts[read.length()] = text.length();
    return new EscapedText(text, read.toString(), starts);
  }

  /** Wraps a text as it is written, without reading its escapes. */
  static EscapedText asWritten(String text) {
    return new EscapedText(text, text, null);
  }

  String written() {
    return written;
  }

  int length() {
    return read.length();
  }

  /** Returns the character at an index, or a blank if the index is before or after the text. */
  char charAt(int at) {
    return at < 0 || at >= read.length() ? ' ' : read.charAt(at);
  }

  /** Returns the index in the written text that belongs to an index in the read text. */
  int start(int at) {
    return starts == null ? at : starts[at];
  }

  /**
   * Returns whether a term begins at an index of the read text. Case does not matter, and a plus
   * may be a blank.
   */
  boolean hasAt(int at, String term) {
    if (at + term.length() > read.length()) {
      return false;
    }
    for (int i = 0; i < term.length(); i++) {
      if (!isSame(read.charAt(at + i), term.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether a text contains one of the terms, even with characters escaped. The text may be
   * made of the bytes of a record, where a percent sign may come before a text by chance. So a term
   * is searched for at each index, and escapes are read from that index on.
   */
  public static boolean holds(String text, Iterable<String> terms) {
    for (String term : terms) {
      for (int at = 0; at < text.length(); at++) {
        if (startsWith(text, at, term)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean startsWith(String text, int from, String term) {
    int at = from;
    int matched = 0;
    while (matched < term.length()) {
      if (at >= text.length()) {
        return false;
      }
      int end = end(text, at);
      int codePoint = codePoint(text, at, end);
      if (Character.isBmpCodePoint(codePoint)) {
        if (!isSame((char) codePoint, term.charAt(matched))) {
          return false;
        }
      } else if (codePoint != term.codePointAt(matched)) {
        return false;
      }
      matched += Character.charCount(codePoint);
      at = end;
    }
    return true;
  }

  private static boolean isSame(char one, char ofTerm) {
    if (one == ofTerm || (one == '+' && ofTerm == ' ')) {
      return true;
    }
    char upper = Character.toUpperCase(one);
    char upperOfTerm = Character.toUpperCase(ofTerm);
    return upper == upperOfTerm
        || Character.toLowerCase(upper) == Character.toLowerCase(upperOfTerm);
  }

  /**
   * Returns the index after the character that begins at an index. The character may be written
   * plainly or as percent escapes.
   */
  private static int end(String text, int at) {
    int end = escapeEnd(text, at);
    int more = end < 0 ? -1 : octetsAfter(octet(text, end));
    for (int i = 0; i < more; i++) {
      end = escapeEnd(text, end);
      if (end < 0 || (octet(text, end) & 0xC0) != 0x80) {
        return at + 1;
      }
    }
    return more < 0 || !Character.isValidCodePoint(codePointOfEscapes(text, at, end))
        ? at + 1
        : end;
  }

  /**
   * Returns how many octets follow the first octet of a UTF-8 character, or -1 if no character
   * begins with that octet.
   */
  private static int octetsAfter(int first) {
    if (first < 0x80) {
      return 0;
    }
    if (first < 0xC2 || first > 0xF4) {
      return -1;
    }
    return first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  }

  private static int codePoint(String text, int at, int end) {
    return end == at + 1 ? text.charAt(at) : codePointOfEscapes(text, at, end);
  }

  private static int codePointOfEscapes(String text, int at, int end) {
    int next = escapeEnd(text, at);
    int first = octet(text, next);
    int more = octetsAfter(first);
    int codePoint = more == 0 ? first : first & (0x3F >> more);
    while (next < end) {
      next = escapeEnd(text, next);
      codePoint = codePoint << 6 | (octet(text, next) & 0x3F);
    }
    return codePoint;
  }

  /**
   * Returns the end of the percent escape of an octet that begins at an index, or -1 if there is
   * none. The percent sign of an escape may be escaped itself, any number of times.
   */
  private static int escapeEnd(String text, int at) {
    if (at >= text.length() || text.charAt(at) != PERCENT) {
      return -1;
    }
    int end = at + 1;
    while (text.startsWith(ESCAPED_PERCENT, end)) {
      end += ESCAPED_PERCENT.length();
    }
    if (end + 2 <= text.length() && digit(text, end) >= 0 && digit(text, end + 1) >= 0) {
      return end + 2;
    }
    return end > at + 1 ? end : -1;
  }

  private static int octet(String text, int end) {
    return digit(text, end - 2) << 4 | digit(text, end - 1);
  }

  private static int digit(String text, int at) {
    char c = text.charAt(at);
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
