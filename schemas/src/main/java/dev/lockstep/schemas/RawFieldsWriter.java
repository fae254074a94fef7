package dev.lockstep.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.NullMarked;

/**
 * Writer of the bytes of {@link Activity#getRaw()}, which hold the values that a record has at a
 * fixed set of paths. Each path is written as its {@link #mark}, a short hash.
 *
 * <pre>
 * 01              version of this layout
 * count           paths that were looked for
 *   mark          for each, ascending: its mark in 6 bytes, big-endian
 * count           fields that were found
 *   index         for each, ascending: index of its mark
 *   flags         1 if values were left out
 *   count         values
 *     kind        for each: one of the kinds below, plus 16 if its text was cut
 *     length text of a text, number, object or list: length in bytes, UTF-8
 * </pre>
 *
 * Numbers are unsigned, in groups of 7 bits, the lowest first. A path that was looked for and has
 * no entry is absent from the record.
 *
 * <p>Not safe for use by several threads.
 */
@NullMarked
public final class RawFieldsWriter {
  public static final int VERSION = 1;
  public static final int MARK_BYTES = 6;
  public static final int LEFT_OUT = 1;

  public static final int NULL = 0;
  public static final int TEXT = 1;
  public static final int NUMBER = 2;
  public static final int TRUE = 3;
  public static final int FALSE = 4;
  public static final int OBJECT = 5;
  public static final int LIST = 6;
  public static final int CUT = 16;

  private final List<String> paths;
  private final byte[] head;
  private byte[] bytes = new byte[256];
  private int length;

  /**
   * Creates a writer of the fields at some paths.
   *
   * @param paths paths that are looked for; paths that differ in case alone are one
   */
  public RawFieldsWriter(Collection<String> paths) {
    this.paths =
        paths.stream()
            .map(path -> path.toLowerCase(Locale.ROOT))
            .distinct()
            .sorted((one, other) -> Long.compare(mark(one), mark(other)))
            .toList();
    write(VERSION);
    number(this.paths.size());
    for (String path : this.paths) {
      long mark = mark(path);
      for (int shift = 8 * (MARK_BYTES - 1); shift >= 0; shift -= 8) {
        write((int) (mark >>> shift));
      }
    }
    this.head = Arrays.copyOf(bytes, length);
  }

  /**
   * Returns the first 48 bits of the CRC-64-AVRO of a path in lower case. They are the path's mark.
   * Among a thousand paths, two have the same mark with a probability of about 1 in 500 million.
   */
  public static long mark(String path) {
    byte[] text = path.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
    return SchemaNormalization.fingerprint64(text) >>> 16;
  }

  /**
   * Returns whether a value of this kind needs a text besides its kind, as texts, numbers, objects
   * and lists do. Null, true and false are written as their kind alone.
   */
  public static boolean hasText(int kind) {
    return kind != NULL && kind != TRUE && kind != FALSE;
  }

  /** Returns whether a value of this kind is an object or a list. */
  public static boolean isContainer(int kind) {
    return kind == OBJECT || kind == LIST;
  }

  /** Returns the paths in lower case, in the order of their indexes. */
  public List<String> paths() {
    return paths;
  }

  /**
   * Starts writing the raw fields of a log record.
   *
   * @param found number of paths that were found in it
   */
  public void begin(int found) {
    length = 0;
    ensure(head.length);
    System.arraycopy(head, 0, bytes, 0, head.length);
    length = head.length;
    number(found);
  }

  /**
   * Starts writing one field, before its values. Fields come in the order of their indexes.
   *
   * @param index index of the field's path
   * @param values number of values that follow
   * @param isLeftOut if the field has more values than follow
   */
  public void field(int index, int values, boolean isLeftOut) {
    number(index);
    write(isLeftOut ? LEFT_OUT : 0);
    number(values);
  }

  /** Writes a value without text: {@link #NULL}, {@link #TRUE} or {@link #FALSE}. */
  public void value(int kind) {
    write(kind);
  }

  /** Writes a value with its text in UTF-8. */
  public void value(int kind, byte[] text, int from, int count, boolean isCut) {
    write(isCut ? kind | CUT : kind);
    number(count);
    ensure(count);
    System.arraycopy(text, from, bytes, length, count);
    length += count;
  }

  /** Returns the bytes that were written for the log record since {@link #begin}. */
  public ByteBuffer end() {
    return ByteBuffer.wrap(Arrays.copyOf(bytes, length));
  }

  private void write(int one) {
    ensure(1);
    bytes[length++] = (byte) one;
  }

  private void number(int value) {
    int left = value;
    while ((left & ~0x7F) != 0) {
      write(left | 0x80);
      left >>>= 7;
    }
    write(left);
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
