package dev.lockstep.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.DatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Reader of a topic's values, each of which is a {@link Bundle} or one Avro record in single-object
 * encoding.
 *
 * <p>Not safe for use by several threads, because it caches decoded texts between calls.
 *
 * @param <T> the generated record class
 */
@NullMarked
public final class BundleReader<T extends SpecificRecord> {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /**
   * Part of a Kafka record's value that could not be read, with the reason.
   *
   * @param bytes the whole value if nothing of it could be read, otherwise a bundle of the unread
   *     records
   * @param index index of the first unread record, from 0
   * @param why reason why that record could not be read
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Unread(byte[] bytes, int index, String why) {}

  private final SingleObject<T> codec;
  private final SliceDecoder decoder = new SliceDecoder();

  private byte[] value = {};
  private int headerAt;
  private int bodyFrom;
  private int bodyTo;

  /** Creates a reader of records of a schema. */
  public BundleReader(Schema schema) {
    this.codec = new SingleObject<>(schema);
  }

  /**
   * Passes the readable records of a topic's value to the consumer, in order. If the length of a
   * record is broken, neither that record nor any record after it can be read.
   *
   * @return the part that cannot be read, or null if everything was read
   */
  public @Nullable Unread read(byte[] value, Consumer<T> each) {
    this.value = value;
    return isBundle(value) ? readBundle(value, each) : readSingle(value, each);
  }

  /**
   * Returns the bytes of the record that is being passed to the consumer, in the single-object
   * encoding. So a record that is passed on unchanged need not be encoded again.
   */
  public byte[] currentBytes() {
    byte[] bytes = new byte[SingleObject.HEADER_BYTES + bodyTo - bodyFrom];
    System.arraycopy(value, headerAt, bytes, 0, SingleObject.HEADER_BYTES);
    System.arraycopy(value, bodyFrom, bytes, SingleObject.HEADER_BYTES, bodyTo - bodyFrom);
    return bytes;
  }

  private static boolean isBundle(byte[] value) {
    return value.length >= Bundle.MAGIC.length
        && value[0] == Bundle.MAGIC[0]
        && value[1] == Bundle.MAGIC[1];
  }

  private @Nullable Unread readSingle(byte[] value, Consumer<T> each) {
    T record;
    try {
      headerAt = 0;
      record = decoded(codec.reader(value, 0), value, SingleObject.HEADER_BYTES, value.length);
    } catch (AvroRuntimeException e) {
      return new Unread(value, 0, message(e));
    }
    each.accept(record);
    return null;
  }

  private @Nullable Unread readBundle(byte[] value, Consumer<T> each) {
    if (value.length <= Bundle.FIRST_AT || value[Bundle.MAGIC.length] != Bundle.VERSION) {
      String why =
          value.length <= Bundle.FIRST_AT
              ? "a bundle without a record, %d bytes".formatted(value.length)
              : "a bundle of layout %d, which this version does not know; a newer version may have written it"
                  .formatted(value[2]);
      return new Unread(value, 0, why);
    }
    DatumReader<T> reader;
    try {
      headerAt = Bundle.HEADER_AT;
      reader = codec.reader(value, headerAt);
    } catch (AvroRuntimeException e) {
      return new Unread(value, 0, message(e));
    }
    ByteArrayOutputStream left = null;
    int first = 0;
    String why = "";
    int index = 0;
    for (int at = Bundle.FIRST_AT; at < value.length; index++) {
      int end = endOfRecord(value, at);
      T record = null;
      String refused = "its length is broken";
      if (end >= 0) {
        try {
          record = decoded(reader, value, at + Integer.BYTES, end);
        } catch (AvroRuntimeException e) {
          refused = message(e);
        }
      }
      int next = end < 0 ? value.length : end;
      if (record != null) {
        each.accept(record);
      } else {
        if (left == null) {
          left = new ByteArrayOutputStream();
          left.write(value, 0, Bundle.FIRST_AT);
          first = index;
          why = "record %d of a bundle: %s".formatted(index, refused);
        }
        left.write(value, at, next - at);
      }
      at = next;
    }
    return left == null ? null : new Unread(left.toByteArray(), first, why);
  }

  private static int endOfRecord(byte[] value, int at) {
    int left = value.length - at - Integer.BYTES;
    int length = left < 0 ? -1 : (int) INT.get(value, at);
    return length < 0 || length > left ? -1 : at + Integer.BYTES + length;
  }

  private T decoded(DatumReader<T> reader, byte[] value, int from, int to) {
    bodyFrom = from;
    bodyTo = to;
    try {
      @SuppressWarnings("NullAway") // null asks for a fresh record
      T record = reader.read(null, decoder.over(value, from, to));
      if (!decoder.isAtEnd()) {
        throw new AvroRuntimeException("the fields of a record do not end where its bytes end");
      }
      return record;
    } catch (IOException | RuntimeException e) { // the class differs by the kind of damage
      throw new AvroRuntimeException(
          "could not decode a record of type %s: %s".formatted(codec.name(), message(e)), e);
    }
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
