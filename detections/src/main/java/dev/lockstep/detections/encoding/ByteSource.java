package dev.lockstep.detections.encoding;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reader of the bytes of a {@link ByteSink}.
 *
 * <p>Bytes that end too early cause an {@link IndexOutOfBoundsException}.
 */
public final class ByteSource {
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private static final int GUID_BYTES = 16;

  private final byte[] bytes;
  private final @Nullable StateDictionary dictionary;
  private final int end;
  private int at;

  public ByteSource(byte[] bytes) {
    this(bytes, null);
  }

  /**
   * Creates a reader of the values that a {@link ByteSink} wrote.
   *
   * @param dictionary dictionary of the {@code ByteSink} that wrote the values, or null
   */
  public ByteSource(byte[] bytes, @Nullable StateDictionary dictionary) {
    this(bytes, 0, bytes.length, dictionary);
  }

  /**
   * Creates a reader of the values in a part of an array.
   *
   * @param from index at which the part begins
   * @param to index at which the part ends, exclusive
   * @param dictionary dictionary of the {@code ByteSink} that wrote the values, or null
   */
  public ByteSource(byte[] bytes, int from, int to, @Nullable StateDictionary dictionary) {
    this.bytes = bytes;
    this.dictionary = dictionary;
    this.at = from;
    this.end = to;
  }

  public boolean hasMore() {
    return at < end;
  }

  /** Returns a copy of the remaining bytes without moving past them. */
  public byte[] remaining() {
    return Arrays.copyOfRange(bytes, at, end);
  }

  /** Skips the remaining bytes. */
  public void skipRest() {
    at = end;
  }

  /** Reads bytes that have a length prefix, and returns them without the prefix. */
  public byte[] sized() {
    int length = count();
    byte[] sized = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return sized;
  }

  boolean skipSized() {
    int length = count();
    at += length;
    return length > 0;
  }

  public int get() {
    if (at >= end) {
      throw new ArrayIndexOutOfBoundsException(
          "could not read the byte at index " + at + ": the bytes end at index " + end);
    }
    return bytes[at++] & 0xFF;
  }

  public int fixed32() {
    return (int) fixed(Integer.BYTES);
  }

  public long fixed64() {
    return fixed(Long.BYTES);
  }

  /** Reads the given number of bytes as one number in big-endian order. */
  public long fixed(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 8 | get();
    }
    return value;
  }

  public long unsigned() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int one = get();
      value |= (long) (one & 0x7F) << shift;
      if ((one & 0x80) == 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has more than 10 bytes; the bytes are damaged");
  }

  /**
   * Reads the number of items that follow. An item takes at least one byte. So a number that is
   * larger than the number of remaining bytes is refused.
   */
  public int count() {
    long value = unsigned();
    if (value < 0 || value > end - at) {
      throw new IndexOutOfBoundsException(
          "a count of items (%d) is negative, or larger than the number of bytes that are left (%d); the bytes are damaged"
              .formatted(value, end - at));
    }
    return (int) value;
  }

  public long signed() {
    long value = unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  double number() {
    return Double.longBitsToDouble(fixed64());
  }

  @Nullable String word() {
    StateDictionary known = dictionary;
    if (known == null) {
      return text();
    }
    int number = (int) unsigned();
    if (number == ByteSink.NULL) {
      return null;
    }
    return number == ByteSink.WRITTEN_OUT
        ? text()
        : (String) known.word(number - ByteSink.FIRST_WORD);
  }

  /**
   * Reads a number, and returns the value for it in the dictionary {@link StateDictionary}, such as
   * a place. The result is null if the value itself follows in the bytes. Without a dictionary this
   * is always so.
   */
  @Nullable Object numbered() {
    StateDictionary known = dictionary;
    if (known == null) {
      return null;
    }
    int number = (int) unsigned();
    return number == ByteSink.WRITTEN_OUT ? null : known.word(number - ByteSink.FIRST_WORD);
  }

  String someWord() {
    String text = word();
    if (text == null) {
      throw new IllegalArgumentException("a text that is required is null; the bytes are damaged");
    }
    return text;
  }

  /** Reads the remaining bytes as a text. */
  public String toEnd() {
    String text = new String(bytes, at, end - at, StandardCharsets.UTF_8);
    at = end;
    return text;
  }

  /**
   * Reads the remaining bytes as GUIDs of 16 bytes each, and returns their texts with single spaces
   * between them. {@link ByteSink#guids} writes them.
   */
  public String guids() {
    StringBuilder text = new StringBuilder(guid());
    while (hasMore()) {
      text.append(' ').append(guid());
    }
    return text.toString();
  }

  public @Nullable String text() {
    long tag = unsigned();
    if (tag == ByteSink.NULL) {
      return null;
    }
    if (tag == ByteSink.GUID) {
      return guid();
    }
    long length = tag - ByteSink.SHORTEST;
    if (length > end - at) {
      throw new IndexOutOfBoundsException(
          "a text has more bytes (%d) than are left (%d); the bytes are damaged"
              .formatted(length, end - at));
    }
    String text = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
    at += (int) length;
    return text;
  }

  void skipText() {
    long tag = unsigned();
    if (tag == ByteSink.GUID) {
      at += GUID_BYTES;
    } else if (tag != ByteSink.NULL) {
      at += Math.toIntExact(tag - ByteSink.SHORTEST);
    }
  }

  /**
   * Reads a text, and fails if it is null.
   *
   * @throws IllegalArgumentException if the text is null
   */
  public String someText() {
    String text = text();
    if (text == null) {
      throw new IllegalArgumentException("a text that is required is null; the bytes are damaged");
    }
    return text;
  }

  /** Reads texts that {@link ByteSink#texts} wrote. */
  public List<String> texts() {
    int count = count();
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(someText());
    }
    return texts;
  }

  private String guid() {
    byte[] text = new byte[36];
    int to = 0;
    for (int i = 0; i < GUID_BYTES; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10) {
        text[to++] = '-';
      }
      int one = get();
      text[to++] = DIGITS[one >> 4];
      text[to++] = DIGITS[one & 15];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
