package dev.lockstep.rules;

import dev.lockstep.schemas.RawFieldsWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reader of an activity's raw fields, which decodes each field on first use.
 *
 * <p>If the bytes are not raw fields, or have another layout, no field counts as looked for.
 */
final class RawFieldsReader {
  private static final long MARK_BITS = (1L << (Byte.SIZE * RawFieldsWriter.MARK_BYTES)) - 1;
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final RawFieldsReader EMPTY = new RawFieldsReader(new byte[0], 0);

  private final byte[] bytes;
  private final int marks;
  private final int marksAt;
  private final int[] valuesAt;
  private final int[] valuesEnd;
  private @Nullable RawField @Nullable [] known;
  private int at;

  private RawFieldsReader(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
    this.marks = bytes.length == 0 ? 0 : number();
    if (marks < 0 || marks > bytes.length / RawFieldsWriter.MARK_BYTES) {
      throw new IndexOutOfBoundsException(
          "the raw fields declare more paths than their bytes can have; the bytes are damaged");
    }
    this.marksAt = this.at;
    this.valuesAt = new int[marks];
    this.valuesEnd = new int[marks];
    if (marks > 0) {
      this.at += marks * RawFieldsWriter.MARK_BYTES;
      index();
    }
  }

  static RawFieldsReader of(@Nullable ByteBuffer raw) {
    if (raw == null || !raw.hasRemaining() || raw.get(raw.position()) != RawFieldsWriter.VERSION) {
      return EMPTY;
    }
    try {
      return new RawFieldsReader(bytes(raw), 1);
    } catch (IndexOutOfBoundsException e) {
      return EMPTY;
    }
  }

  private static byte[] bytes(ByteBuffer raw) {
    if (raw.hasArray() && raw.arrayOffset() == 0 && raw.array().length == raw.remaining()) {
      return raw.array();
    }
    byte[] bytes = new byte[raw.remaining()];
    raw.get(raw.position(), bytes);
    return bytes;
  }

  private void index() {
    int found = number();
    for (int i = 0; i < found; i++) {
      int index = number();
      valuesAt[index] = at;
      skip();
      valuesEnd[index] = at;
    }
  }

  private void skip() {
    at++; // flags
    int values = number();
    for (int i = 0; i < values; i++) {
      int kind = bytes[at++] & ~RawFieldsWriter.CUT;
      if (RawFieldsWriter.hasText(kind)) {
        int length = number();
        if (length < 0 || length > bytes.length - at) {
          throw new IndexOutOfBoundsException(
              "a raw field declares more bytes than are left; the bytes are damaged");
        }
        at += length;
      }
    }
  }

  RawField field(RawPath path) {
    int index = find(path.mark());
    if (index < 0) {
      return RawField.NOT_LOOKED_FOR;
    }
    if (valuesAt[index] == 0) {
      return RawField.ABSENT;
    }
    @Nullable RawField[] all = known;
    if (all == null) {
      all = new RawField[marks];
      known = all;
    }
    RawField field = all[index];
    if (field == null) {
      field = read(valuesAt[index]);
      all[index] = field;
    }
    return field;
  }

  <T> T field(RawPath path, RawField.Memo<T> memo) {
    int index = find(path.mark());
    return index < 0
        ? memo.of(RawField.NOT_LOOKED_FOR)
        : valuesAt[index] == 0
            ? memo.of(RawField.ABSENT)
            : memo.of(bytes, valuesAt[index], valuesEnd[index], this::read);
  }

  private int find(long mark) {
    int low = 0;
    int high = marks - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long other = mark(middle);
      if (other == mark) {
        return middle;
      } else if (other < mark) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private long mark(int index) {
    int before = Long.BYTES - RawFieldsWriter.MARK_BYTES; // the layout begins with two bytes
    return (long) WORDS.get(bytes, marksAt + index * RawFieldsWriter.MARK_BYTES - before)
        & MARK_BITS;
  }

  private RawField read(int from) {
    at = from;
    boolean isCut = (bytes[at++] & RawFieldsWriter.LEFT_OUT) != 0;
    int count = number();
    if (count == 1) {
      return new RawField.Present(List.of(value()), isCut);
    }
    List<RawValue> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(value());
    }
    return new RawField.Present(values, isCut);
  }

  private RawValue value() {
    int written = bytes[at++];
    int kind = written & ~RawFieldsWriter.CUT;
    switch (kind) {
      case RawFieldsWriter.NULL -> {
        return RawValue.NULL;
      }
      case RawFieldsWriter.TRUE -> {
        return RawValue.TRUE;
      }
      case RawFieldsWriter.FALSE -> {
        return RawValue.FALSE;
      }
      default -> {
        int length = number();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return new RawValue(kind(kind), text, kind != written);
      }
    }
  }

  private static RawValue.Kind kind(int kind) {
    return switch (kind) {
      case RawFieldsWriter.NUMBER -> RawValue.Kind.NUMBER;
      case RawFieldsWriter.OBJECT -> RawValue.Kind.OBJECT;
      case RawFieldsWriter.LIST -> RawValue.Kind.LIST;
      default -> RawValue.Kind.TEXT;
    };
  }

  private int number() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int one = bytes[at++];
      value |= (one & 0x7F) << shift;
      if (one >= 0) {
        return value;
      }
    }
    throw new IndexOutOfBoundsException("a number has more than 5 bytes; the bytes are damaged");
  }
}
