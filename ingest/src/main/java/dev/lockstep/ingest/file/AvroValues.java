package dev.lockstep.ingest.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reader of values in Avro's binary encoding, for files whose declared lengths may be wrong. */
final class AvroValues {
  private static final int LEVELS = 32;

  /**
   * Largest number of consecutive values that take 0 bytes each. With more, reading fails, because
   * a schema can demand any number of them.
   */
  private static final int VALUES_WITHOUT_BYTES = 10_000;

  private final InputStream in;
  private final int valueBytes;
  private long read;
  private long readAt;
  private int valuesWithoutBytes;

  /**
   * Creates a reader of encoded values.
   *
   * @param valueBytes largest size of a text or of bytes; a longer value is cut one byte above this
   *     size, and the extra byte shows that it was too long
   */
  AvroValues(InputStream in, int valueBytes) {
    this.in = in;
    this.valueBytes = valueBytes;
  }

  long read() {
    return read;
  }

  /**
   * Reads and returns an integer, a text or bytes, or skips a value of another type and returns
   * null. Of a union it reads the value.
   *
   * @return a Long for an integer, a byte array for a text or bytes
   */
  @Nullable Object scalar(Schema schema, int level) throws IOException {
    if (level > LEVELS) {
      throw new IOException("Avro values are nested more than %d levels deep".formatted(LEVELS));
    }
    if (read > readAt) {
      readAt = read;
      valuesWithoutBytes = 0;
    } else if (++valuesWithoutBytes > VALUES_WITHOUT_BYTES) {
      throw new IOException(
          ("the Avro data has more than %d consecutive values that take up no bytes; the file is"
                  + " damaged, or Event Hubs Capture did not write it")
              .formatted(VALUES_WITHOUT_BYTES));
    }
    switch (schema.getType()) {
      case INT, LONG -> {
        return number();
      }
      case STRING, BYTES -> {
        return bytes();
      }
      case UNION -> {
        long branch = number();
        if (branch < 0 || branch >= schema.getTypes().size()) {
          throw new IOException("a union has no branch " + branch);
        }
        return scalar(schema.getTypes().get((int) branch), level + 1);
      }
      default -> {
        skip(schema, level);
        return null;
      }
    }
  }

  private void skip(Schema schema, int level) throws IOException {
    switch (schema.getType()) {
      case BOOLEAN -> pass(1);
      case FLOAT -> pass(4);
      case DOUBLE -> pass(8);
      case FIXED -> pass(schema.getFixedSize());
      case ENUM -> number();
      case RECORD -> {
        for (Schema.Field field : schema.getFields()) {
          scalar(field.schema(), level + 1);
        }
      }
      case ARRAY -> skipItems(schema.getElementType(), false, level);
      case MAP -> skipItems(schema.getValueType(), true, level);
      default -> {} // a null has no bytes
    }
  }

  private void skipItems(Schema item, boolean keyed, int level) throws IOException {
    long count = blockCount();
    while (count > 0) {
      for (long i = 0; i < count; i++) {
        if (keyed) {
          bytes();
        }
        scalar(item, level + 1);
      }
      count = blockCount();
    }
  }

  /**
   * Reads the number of items in a block of an Avro array or map, and skips the block's size. A
   * block has a size only if its number of items is written as a negative number.
   */
  long blockCount() throws IOException {
    long count = number();
    if (count < 0) {
      number();
      return count == Long.MIN_VALUE ? 0 : -count;
    }
    return count;
  }

  private void pass(long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw e.getMessage() == null ? endsWithinValue() : e;
    }
    read += bytes;
  }

  private static EOFException endsWithinValue() {
    return new EOFException("the data ends within a value");
  }

  byte[] bytes() throws IOException {
    long length = number();
    if (length < 0) {
      throw new IOException("a value declares a negative length of %d bytes".formatted(length));
    }
    int kept = (int) Math.min(length, valueBytes + 1L);
    byte[] bytes = in.readNBytes(kept);
    read += bytes.length;
    if (bytes.length < kept) {
      throw endsWithinValue();
    }
    pass(length - kept);
    return bytes;
  }

  long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("the data ends within a number");
      }
      read++;
      value |= (long) (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new IOException(
        "a number has more than 10 bytes; the bytes are damaged, or they are not Avro");
  }
}
