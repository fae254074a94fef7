package dev.lockstep.schemas;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Encoder and decoder of records of one type in Avro's single-object encoding.
 *
 * <p>The bytes are {@code C3 01}, the schema's CRC-64-AVRO fingerprint in little-endian order, and
 * the body. Not safe for use by several threads, because it reuses its buffers.
 *
 * @param <T> the generated record class
 */
@NullMarked
public final class SingleObject<T extends SpecificRecord> {
  static final int HEADER_BYTES = 10;
  private static final EncoderFactory ENCODERS = new EncoderFactory().configureBufferSize(512);

  /** Avro model by which generated records write their own fields, faster than by reflection. */
  private static final SpecificData MODEL = new SpecificData();

  // Computing a fingerprint takes long.
  private static final Map<Schema, Long> FINGERPRINTS = new ConcurrentHashMap<>();

  static { // Avro makes instances of trusted classes only: trust the generated ones
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(),
            type -> type.getPackageName().equals(SingleObject.class.getPackageName())));
    MODEL.setCustomCoders(true);
  }

  /** Failure to decode a record whose header is valid and names an unknown schema. */
  public static final class UnknownSchemaException extends AvroRuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownSchemaException(String message) {
      super(message);
    }
  }

  private final Schema schema;
  private final byte[] header;
  private final SpecificDatumWriter<T> writer;
  private final Map<Long, DatumReader<T>> readers = new HashMap<>();
  private final Bytes out = new Bytes();
  private @Nullable BinaryEncoder encoder;
  private @Nullable BinaryDecoder decoder;

  /**
   * Creates the codec of a record type.
   *
   * @param schema schema to write with and to read into
   * @param released earlier schemas whose bytes must stay readable
   */
  public SingleObject(Schema schema, Schema... released) {
    this.schema = schema;
    long fingerprint = fingerprint(schema);
    this.header =
        ByteBuffer.allocate(HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0xC3)
            .put((byte) 0x01)
            .putLong(fingerprint)
            .array();
    this.writer = new SpecificDatumWriter<>(schema, MODEL);
    readers.put(fingerprint, new SpecificDatumReader<>(schema, schema, MODEL));
    for (Schema earlier : released) {
      readers.put(fingerprint(earlier), new SpecificDatumReader<>(earlier, schema));
    }
  }

  private static long fingerprint(Schema schema) {
    return FINGERPRINTS.computeIfAbsent(schema, SchemaNormalization::parsingFingerprint64);
  }

  /** Returns the bytes of a record in the single-object encoding. */
  public byte[] encode(T record) {
    try {
      out.length = 0;
      out.write(header, 0, HEADER_BYTES);
      encoder = ENCODERS.binaryEncoder(out, encoder);
      writer.write(record, encoder);
      encoder.flush();
      return Arrays.copyOf(out.bytes, out.length);
    } catch (IOException e) {
      throw new AvroRuntimeException("could not encode a record of type " + schema.getName(), e);
    }
  }

  /**
   * Decodes a record from bytes in the single-object encoding.
   *
   * @throws AvroRuntimeException if the frame or the body is broken, or the schema is unknown
   */
  public T decode(byte[] bytes) {
    DatumReader<T> reader = reader(bytes, 0);
    try {
      decoder =
          DecoderFactory.get()
              .binaryDecoder(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES, decoder);
      @SuppressWarnings("NullAway") // null asks for a fresh record
      T record = reader.read(null, decoder);
      return record;
    } catch (IOException | RuntimeException e) { // the class differs by the kind of damage
      throw new AvroRuntimeException("could not decode a record of type " + schema.getName(), e);
    }
  }

  /**
   * Checks that bytes begin with the header of a record of a schema that {@link #decode} knows. The
   * body is not checked.
   *
   * @throws AvroRuntimeException if they do not begin so
   */
  public void requireHeader(byte[] bytes) {
    reader(bytes, 0);
  }

  /**
   * Returns whether bytes begin with the header of Avro's single-object encoding, of whatever
   * schema.
   */
  public static boolean isFramed(byte[] bytes) {
    return isFramed(bytes, 0);
  }

  private static boolean isFramed(byte[] bytes, int at) {
    return bytes.length - at >= HEADER_BYTES && bytes[at] == (byte) 0xC3 && bytes[at + 1] == 0x01;
  }

  DatumReader<T> reader(byte[] bytes, int at) {
    if (!isFramed(bytes, at)) {
      throw new AvroRuntimeException(
          ("could not decode a record of type %s: its %d bytes do not begin with the header of"
                  + " Avro's single-object encoding; they are damaged, or Lockstep did not write"
                  + " them")
              .formatted(schema.getName(), bytes.length - at));
    }
    long fingerprint = ByteBuffer.wrap(bytes, at + 2, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    DatumReader<T> reader = readers.get(fingerprint);
    if (reader == null) {
      throw new UnknownSchemaException(
          "could not decode a record of type %s: unknown schema fingerprint %016x; a newer version may have written it"
              .formatted(schema.getName(), fingerprint));
    }
    return reader;
  }

  String name() {
    return schema.getName();
  }

  /** Growing byte array without the lock of {@link java.io.ByteArrayOutputStream}. */
  private static final class Bytes extends OutputStream {
    private byte[] bytes = new byte[512];
    private int length;

    @Override
    public void write(int b) {
      ensure(1);
      bytes[length++] = (byte) b;
    }

    @Override
    public void write(byte[] from, int offset, int count) {
      ensure(count);
      System.arraycopy(from, offset, bytes, length, count);
      length += count;
    }

    private void ensure(int more) {
      if (length + more > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
      }
    }
  }
}
