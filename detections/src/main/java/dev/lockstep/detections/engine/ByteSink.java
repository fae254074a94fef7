package dev.lockstep.detections.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writer of numbers and texts into bytes that grow. */
final class ByteSink {
  /** Length of the text of a GUID, which is written as its 16 bytes. */
  private static final int GUID_CHARS = 36;

  static final int NULL = 0;
  static final int GUID = 1;
  static final int SHORTEST = 2;

  /** Before a word of the dictionary, and in place of one that is written out. */
  static final int WRITTEN_OUT = 1;

  static final int FIRST_WORD = 2;

  private final @Nullable RecordWords words;
  private byte[] bytes = new byte[256];
  private int length;

  ByteSink() {
    this(null);
  }

  /**
   * Creates a sink.
   *
   * @param words dictionary of what is written by {@link #word}; null: it is written out
   */
  ByteSink(@Nullable RecordWords words) {
    this.words = words;
  }

  ByteSink clear() {
    length = 0;
    return this;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }

  int length() {
    return length;
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  ByteSink put(int one) {
    ensure(1);
    bytes[length++] = (byte) one;
    return this;
  }

  /** Writes what another one holds, with its length before it. */
  ByteSink sized(ByteSink other) {
    unsigned(other.length);
    return raw(other.bytes, other.length);
  }

  /** Writes bytes, with their length before them. */
  ByteSink sized(byte[] other) {
    unsigned(other.length);
    return raw(other, other.length);
  }

  private ByteSink raw(byte[] other, int count) {
    ensure(count);
    System.arraycopy(other, 0, bytes, length, count);
    length += count;
    return this;
  }

  ByteSink fixed32(int value) {
    ensure(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >>> shift);
    }
    return this;
  }

  ByteSink fixed64(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** Writes a number that is small and not negative in few bytes. */
  ByteSink unsigned(long value) {
    ensure(10);
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes[length++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[length++] = (byte) left;
    return this;
  }

  /** Writes a number that is near zero in few bytes. */
  ByteSink signed(long value) {
    return unsigned((value << 1) ^ (value >> 63));
  }

  ByteSink number(double value) {
    return fixed64(Double.doubleToLongBits(value));
  }

  /** Writes a text that repeats. */
  ByteSink word(@Nullable String text) {
    if (words == null) {
      return text(text);
    }
    if (text == null) {
      return put(NULL);
    }
    int number = words.number(text);
    return number < 0 ? put(WRITTEN_OUT).text(text) : unsigned(number + (long) FIRST_WORD);
  }

  ByteSink text(@Nullable String text) {
    if (text == null) {
      return put(NULL);
    }
    if (text.length() == GUID_CHARS && guid(text)) {
      return this;
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    unsigned(encoded.length + (long) SHORTEST);
    ensure(encoded.length);
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
    return this;
  }

  /** Writes the text of a GUID in lower case; returns if it is one. */
  private boolean guid(String text) {
    int start = length;
    put(GUID);
    ensure(16);
    int half = -1;
    for (int i = 0; i < GUID_CHARS; i++) {
      char c = text.charAt(i);
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (c != '-') {
          length = start;
          return false;
        }
        continue;
      }
      int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) {
        length = start;
        return false;
      }
      if (half < 0) {
        half = digit;
      } else {
        bytes[length++] = (byte) (half << 4 | digit);
        half = -1;
      }
    }
    return true;
  }
}
