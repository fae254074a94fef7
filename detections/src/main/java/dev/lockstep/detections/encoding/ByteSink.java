package dev.lockstep.detections.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Growing byte array to which numbers and texts are written. */
public final class ByteSink {
  private static final int GUID_CHARS = 36;

  static final int NULL = 0;
  public static final int GUID = 1;
  static final int SHORTEST = 2;

  /**
   * Marker before a value that is written in full, because the value has no number in the
   * dictionary of state records.
   */
  static final int WRITTEN_OUT = 1;

  static final int FIRST_WORD = 2;

  private static final byte[] DIGITS = digits();

  private final @Nullable StateDictionary dictionary;
  private byte[] bytes = new byte[64];
  private int length;

  private static byte[] digits() {
    byte[] digits = new byte['f' + 1];
    Arrays.fill(digits, (byte) -1);
    for (char c = '0'; c <= '9'; c++) {
      digits[c] = (byte) (c - '0');
    }
    for (char c = 'a'; c <= 'f'; c++) {
      digits[c] = (byte) (c - 'a' + 10);
    }
    return digits;
  }

  public ByteSink() {
    this(null);
  }

  /**
   * Creates an empty buffer that values are written to.
   *
   * @param dictionary dictionary for {@link #word} and {@link #number}; null writes words in full
   */
  public ByteSink(@Nullable StateDictionary dictionary) {
    this.dictionary = dictionary;
  }

  public ByteSink clear() {
    length = 0;
    return this;
  }

  public byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }

  public int length() {
    return length;
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  public ByteSink put(int one) {
    ensure(1);
    bytes[length++] = (byte) one;
    return this;
  }

  /** Writes the content of another sink with a length prefix. */
  public ByteSink sized(ByteSink other) {
    unsigned(other.length);
    return raw(other.bytes, other.length);
  }

  /** Writes bytes with a length prefix. */
  public ByteSink sized(byte[] other) {
    unsigned(other.length);
    return raw(other, other.length);
  }

  /** Writes bytes without a length prefix. */
  public ByteSink raw(byte[] other) {
    return raw(other, other.length);
  }

  private ByteSink raw(byte[] other, int count) {
    ensure(count);
    System.arraycopy(other, 0, bytes, length, count);
    length += count;
    return this;
  }

  public ByteSink fixed32(int value) {
    return fixed(value, Integer.BYTES);
  }

  public ByteSink fixed64(long value) {
    return fixed(value, Long.BYTES);
  }

  /** Writes the lowest bytes of a number, in big-endian order. */
  public ByteSink fixed(long value, int count) {
    ensure(count);
    for (int shift = (count - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[length++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** Writes a non-negative number, in fewer bytes the smaller it is. */
  public ByteSink unsigned(long value) {
    ensure(10);
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes[length++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[length++] = (byte) left;
    return this;
  }

  /** Writes a signed number, in fewer bytes the nearer it is to zero. */
  public ByteSink signed(long value) {
    return unsigned((value << 1) ^ (value >> 63));
  }

  ByteSink number(double value) {
    return fixed64(Double.doubleToLongBits(value));
  }

  /**
   * Writes a text as its number in the dictionary of state records, to which a new text is added.
   * Without a dictionary, or with a full one that lacks the text, it writes the text in full.
   */
  ByteSink word(@Nullable String text) {
    if (text == null) {
      return put(NULL);
    }
    return number(text) ? this : text(text);
  }

  /**
   * Writes the number that a value, such as a text or place, has in the dictionary of state
   * records. A new value is added to the dictionary. The method returns false if there is no
   * dictionary, or if a full dictionary lacks the value. In the second case it writes a marker. In
   * both cases the caller has to write the value in full.
   */
  boolean number(Object word) {
    if (dictionary == null) {
      return false;
    }
    int number = dictionary.number(word);
    if (number < 0) {
      put(WRITTEN_OUT);
      return false;
    }
    unsigned(number + (long) FIRST_WORD);
    return true;
  }

  public ByteSink text(@Nullable String text) {
    if (text == null) {
      return put(NULL);
    }
    if (text.length() == GUID_CHARS && guid(text)) {
      return this;
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    unsigned(encoded.length + (long) SHORTEST);
    return raw(encoded, encoded.length);
  }

  /** Writes texts, preceded by their number. */
  public ByteSink texts(Collection<String> texts) {
    unsigned(texts.size());
    texts.forEach(this::text);
    return this;
  }

  /** Writes an id without its length, so the id has to be the last of the values in the bytes. */
  public ByteSink id(String text) {
    if (text.length() == GUID_CHARS && guid(text)) {
      return this;
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    put(NULL);
    return raw(encoded, encoded.length);
  }

  private boolean guid(String text) {
    put(GUID);
    if (guid(text, 0)) {
      return true;
    }
    length--;
    return false;
  }

  /**
   * Writes 36 characters of a text as 16 bytes if they are a GUID in lower case, and returns
   * whether they are. If not, nothing is written.
   *
   * @param from index of the first character
   */
  private boolean guid(String text, int from) {
    ensure(16);
    int to = length;
    int all = 0; // negative once a character is no digit
    for (int i = 0; i < GUID_CHARS; i += 2) {
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (text.charAt(from + i) != '-') {
          return false;
        }
        i++;
      }
      int high = digit(text.charAt(from + i));
      int low = digit(text.charAt(from + i + 1));
      all |= high | low;
      bytes[to++] = (byte) (high << 4 | low);
    }
    if (all < 0) {
      return false;
    }
    length = to;
    return true;
  }

  /**
   * Writes a text of GUIDs in lower case with single spaces between them, or writes nothing and
   * returns false. The text has to be the last value of the bytes.
   */
  public boolean guids(String text) {
    if ((text.length() + 1) % (GUID_CHARS + 1) != 0) {
      return false;
    }
    int before = length;
    for (int at = 0; at < text.length(); at += GUID_CHARS + 1) {
      if ((at > 0 && text.charAt(at - 1) != ' ') || !guid(text, at)) {
        length = before;
        return false;
      }
    }
    return true;
  }

  private static int digit(char c) {
    return c < DIGITS.length ? DIGITS[c] : -1;
  }
}
