package dev.lockstep.schemas;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Decoder of Avro's binary encoding over a slice of an array.
 *
 * <p>Short ASCII texts that repeat (category, country, address, user agent family) are decoded to
 * the same instance while the cache holds them. A count or a length above the number of bytes left
 * is an error, before memory is allocated for it.
 *
 * <p>The decoder may read past the slice up to the array's end; {@link #isAtEnd} tells whether it
 * did.
 */
@NullMarked
final class SliceDecoder extends Decoder {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Length in bytes of the longest text that is cached. GUIDs are longer, and rarely repeat. */
  private static final int CACHED_BYTES = 32;

  private static final int SLOT_BITS = 10;
  private static final long MIXER = 0x9E3779B97F4A7C15L;

  /** Cache of ASCII texts, indexed by a hash of their bytes. */
  private final @Nullable String[] texts = new @Nullable String[1 << SLOT_BITS];

  private byte[] bytes = {};
  private int at;
  private int end;

  SliceDecoder over(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    return this;
  }

  boolean isAtEnd() {
    return at == end;
  }

  @Override
  public void readNull() {}

  @Override
  public boolean readBoolean() throws IOException {
    byte value = bytes[at++];
    if (value != 0 && value != 1) {
      throw new IOException(
          "a boolean has the value " + value + "; the bytes are damaged, or they are not Avro");
    }
    return value == 1;
  }

  @Override
  public int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new IOException(
          ("an Avro int has the value %d, which is out of range; the bytes are damaged, or they"
                  + " are not Avro")
              .formatted(value));
    }
    return (int) value;
  }

  @Override
  public long readLong() throws IOException {
    int next = bytes[at++];
    long value = next & 0x7F;
    for (int shift = 7; next < 0; shift += 7) {
      if (shift > 63) {
        throw new IOException(
            "a number has more than 10 bytes; the bytes are damaged, or they are not Avro");
      }
      next = bytes[at++];
      value |= (next & 0x7FL) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  @Override
  public float readFloat() {
    float value = Float.intBitsToFloat((int) INT.get(bytes, at));
    at += Float.BYTES;
    return value;
  }

  @Override
  public double readDouble() {
    double value = Double.longBitsToDouble((long) LONG.get(bytes, at));
    at += Double.BYTES;
    return value;
  }

  @Override
  public String readString() throws IOException {
    int length = readLength();
    int from = at;
    at += length;
    if (length == 0) {
      return "";
    }
    if (length > CACHED_BYTES) {
      return new String(bytes, from, length, StandardCharsets.UTF_8);
    }
    int slot = slot(from, length);
    String known = texts[slot];
    if (known != null && isHere(known, from, length)) {
      return known;
    }
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    texts[slot] = text;
    return text;
  }

  private int slot(int from, int length) {
    long mixed = length;
    if (length < Long.BYTES) {
      for (int i = from; i < from + length; i++) {
        mixed = mixed * 31 + bytes[i];
      }
    } else {
      mixed = (mixed + (long) LONG.get(bytes, from)) * MIXER;
      mixed = (mixed + (long) LONG.get(bytes, from + length / 2 - Integer.BYTES)) * MIXER;
      mixed += (long) LONG.get(bytes, from + length - Long.BYTES);
    }
    mixed ^= mixed >>> 32;
    return (int) ((mixed * MIXER) >>> (Long.SIZE - SLOT_BITS));
  }

  private boolean isHere(String text, int from, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    return new Utf8(readString());
  }

  @Override
  public void skipString() throws IOException {
    at += readLength();
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    int length = readLength();
    at += length;
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, at - length, at));
  }

  @Override
  public void skipBytes() throws IOException {
    at += readLength();
  }

  @Override
  public void readFixed(byte[] to, int start, int length) {
    System.arraycopy(bytes, at, to, start, length);
    at += length;
  }

  @Override
  public void skipFixed(int length) {
    at += length;
  }

  @Override
  public int readEnum() throws IOException {
    return readInt();
  }

  @Override
  public int readIndex() throws IOException {
    return readInt();
  }

  @Override
  public long readArrayStart() throws IOException {
    long count = readLong();
    if (count < 0) {
      count = -count;
      readLong(); // size of the block, which is needed only to skip it
    }
    return within(count);
  }

  @Override
  public long arrayNext() throws IOException {
    return readArrayStart();
  }

  @Override
  public long skipArray() throws IOException {
    long count = readLong();
    while (count < 0) {
      at += within(readLong());
      count = readLong();
    }
    return within(count);
  }

  @Override
  public long readMapStart() throws IOException {
    return readArrayStart();
  }

  @Override
  public long mapNext() throws IOException {
    return readArrayStart();
  }

  @Override
  public long skipMap() throws IOException {
    return skipArray();
  }

  private int readLength() throws IOException {
    return within(readLong());
  }

  /**
   * Checks that at least as many bytes remain as a declared count of bytes or items, and returns
   * the count. Each item takes at least one byte.
   */
  private int within(long count) throws EOFException {
    if (count < 0) {
      throw new EOFException(
          "the data declare a negative number of bytes or items ("
              + count
              + "); the bytes are damaged, or they are not Avro");
    }
    if (count > end - at) {
      throw new EOFException(
          "the data declare a number of bytes or items ("
              + count
              + ") that is larger than the number of bytes left ("
              + Math.max(0, end - at)
              + "); the bytes are damaged, or they are not Avro");
    }
    return (int) count;
  }
}
