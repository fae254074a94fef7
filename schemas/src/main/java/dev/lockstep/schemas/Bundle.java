package dev.lockstep.schemas;

import java.util.Arrays;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Several encoded records of one schema in one value, so that what a transaction writes to one
 * partition is one Kafka record. {@link BundleReader} reads it.
 *
 * <pre>
 * 'L' 'S'      magic
 * 01           version of this layout
 * C3 01 ...    single-object header of each record: 10 bytes, once
 * length body  for each record: length in 4 bytes, big-endian; Avro binary
 * </pre>
 *
 * <p>Not safe for use by several threads.
 */
@NullMarked
public final class Bundle {
  /** Bytes that a bundle stays below: under half of what a broker takes by default. */
  public static final int MOST_BYTES = 400_000;

  static final byte[] MAGIC = {'L', 'S'};
  static final byte VERSION = 1;

  /** Where the single-object header begins. */
  static final int HEADER_AT = MAGIC.length + 1;

  static final int FIRST_AT = HEADER_AT + SingleObject.HEADER_BYTES;

  private static final byte[] NONE = {};
  private static final int FIRST_ROOM = 4096;

  /** A buffer of this size is kept between bundles; there may be many that are seldom filled. */
  private static final int KEPT_ROOM = 16_384;

  private final int mostBytes;
  private byte[] bytes = NONE;
  private int length;
  private int size;

  /**
   * Creates an empty bundle.
   *
   * @param mostBytes size that a value with several records does not exceed
   */
  public Bundle(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Adds a record in its single-object encoding.
   *
   * @return the value of the records before it if there is no room for it beside them, else null
   * @throws IllegalArgumentException if it is of another schema than the records before it
   */
  public byte @Nullable [] add(byte[] encoded) {
    int body = encoded.length - SingleObject.HEADER_BYTES;
    byte[] full = null;
    if (size > 0) {
      if (!Arrays.equals(
          bytes, HEADER_AT, FIRST_AT, encoded, 0, Math.min(encoded.length, FIRST_AT - HEADER_AT))) {
        throw new IllegalArgumentException("could not add to a bundle: another schema");
      }
      if (length + Integer.BYTES + body > mostBytes) {
        full = drain();
      }
    }
    ensure(FIRST_AT + Integer.BYTES + body);
    if (size == 0) {
      System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
      bytes[MAGIC.length] = VERSION;
      System.arraycopy(encoded, 0, bytes, HEADER_AT, SingleObject.HEADER_BYTES);
      length = FIRST_AT;
    }
    BundleReader.INT.set(bytes, length, body);
    System.arraycopy(encoded, SingleObject.HEADER_BYTES, bytes, length + Integer.BYTES, body);
    length += Integer.BYTES + body;
    size++;
    return full;
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(FIRST_ROOM, Math.max(2 * bytes.length, length + more)));
    }
  }

  /** Returns how many records are in it. */
  public int size() {
    return size;
  }

  /** Returns the value of the records in it, and starts anew. */
  public byte[] drain() {
    byte[] value = Arrays.copyOf(bytes, length);
    clear();
    return value;
  }

  /** Removes all records. */
  public void clear() {
    length = 0;
    size = 0;
    if (bytes.length > KEPT_ROOM) {
      bytes = NONE;
    }
  }
}
