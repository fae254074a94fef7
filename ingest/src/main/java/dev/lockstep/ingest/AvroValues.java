package dev.lockstep.ingest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads Avro's binary encoding without trusting its lengths. */
final class AvroValues {
  private static final int LEVELS = 32;
  private static final long VALUE_BYTES = 1L << 26;

  private final InputStream in;

  AvroValues(InputStream in) {
    this.in = in;
  }

  /**
   * Reads a value.
   *
   * @return a Long, the bytes of a text or of bytes, or null of what is neither
   */
  @Nullable Object scalar(Schema schema, int level) throws IOException {
    if (level > LEVELS) {
      throw new IOException("values lie in each other more than %d deep".formatted(LEVELS));
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
      case BOOLEAN -> in.skipNBytes(1);
      case FLOAT -> in.skipNBytes(4);
      case DOUBLE -> in.skipNBytes(8);
      case FIXED -> in.skipNBytes(schema.getFixedSize());
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
        // An item without bytes would let a count run on for nothing.
        if (!keyed && item.getType() == Schema.Type.NULL) {
          break;
        }
        scalar(item, level + 1);
      }
      count = blockCount();
    }
  }

  /** Reads how many items follow; the size of the block, if given, is passed by. */
  long blockCount() throws IOException {
    long count = number();
    if (count < 0) {
      number();
      return count == Long.MIN_VALUE ? 0 : -count;
    }
    return count;
  }

  String text() throws IOException {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  private byte[] bytes() throws IOException {
    long length = number();
    if (length < 0 || length > VALUE_BYTES) {
      throw new IOException("a value says that it has %d bytes".formatted(length));
    }
    byte[] bytes = in.readNBytes((int) length);
    if (bytes.length < length) {
      throw new EOFException("the data ends within a value");
    }
    return bytes;
  }

  /** Reads a zig-zag number of at most ten bytes. */
  long number() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("the data ends within a number");
      }
      value |= (long) (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new IOException("a number has more than ten bytes");
  }
}
