package dev.lockstep.schemas;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Builder of a Kafka record value that holds several encoded records of one schema. {@link
 * BundleReader} reads it.
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
  /**
   * Largest size in bytes of a bundle with several records, unless its writer sets a lower limit. A
   * single record may be larger. The size has room for some hundreds of activities. A task
   * processes a bundle of this size in a fraction of a second, far within its transaction's
   * timeout.
   */
  public static final int MOST_BYTES = 128_000;

  static final byte[] MAGIC = {'L', 'S'};
  static final byte VERSION = 1;

  static final int HEADER_AT = MAGIC.length + 1;

  static final int FIRST_AT = HEADER_AT + SingleObject.HEADER_BYTES;

  private final int mostBytes;
  private final List<byte[]> records = new ArrayList<>();
  private int length;

  /**
   * Creates an empty bundle.
   *
   * @param mostBytes largest size of a bundle with several records; a single record may be larger
   */
  public Bundle(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Adds an encoded record, and returns the earlier records as a full bundle if the new one does
   * not fit beside them. The result is null if it fits.
   *
   * @param encoded record in its single-object encoding, kept and not copied
   * @return the value of the earlier records if this one does not fit beside them, otherwise null
   * @throws IllegalArgumentException if the record's schema differs from that of the earlier
   *     records
   */
  public byte @Nullable [] add(byte[] encoded) {
    int more = Integer.BYTES + encoded.length - SingleObject.HEADER_BYTES;
    if (!records.isEmpty() && !isAlike(records.get(0), encoded)) {
      throw new IllegalArgumentException(
          "could not add to a bundle: the record has another schema than the first");
    }
    byte[] full = null;
    if (!records.isEmpty() && length + more > mostBytes) {
      full = drain();
    }
    length = (records.isEmpty() ? FIRST_AT : length) + more;
    records.add(encoded);
    return full;
  }

  private static boolean isAlike(byte[] one, byte[] other) {
    int header = SingleObject.HEADER_BYTES;
    return Arrays.equals(one, 0, header, other, 0, Math.min(header, other.length));
  }

  public int size() {
    return records.size();
  }

  /**
   * Returns the bytes of the whole bundle, which become the value of one Kafka record, and empties
   * the bundle. The bundle must have a record.
   */
  public byte[] drain() {
    byte[] header = Arrays.copyOf(records.get(0), SingleObject.HEADER_BYTES);
    ByteBuffer value = ByteBuffer.allocate(length).put(MAGIC).put(VERSION).put(header);
    for (byte[] record : records) {
      int body = record.length - SingleObject.HEADER_BYTES;
      value.putInt(body).put(record, SingleObject.HEADER_BYTES, body);
    }
    records.clear();
    return value.array();
  }

  public void clear() {
    records.clear();
  }
}
