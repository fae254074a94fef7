package dev.lockstep.rules;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Field of a log record at a path: present with its values, absent, or not looked for.
 *
 * <p>A field that was not looked for may be in the record or not: ingest looks only for fields that
 * the loaded rules name. A condition on such a field does not hold, and neither does its negation.
 */
public sealed interface RawField permits RawField.Present, FieldWithoutValues {
  /** Field that ingest did not look for in a record. */
  RawField NOT_LOOKED_FOR = new FieldWithoutValues(false);

  /** Field that ingest looked for in a record and did not find. */
  RawField ABSENT = new FieldWithoutValues(true);

  /**
   * Field that the record has, with its values.
   *
   * @param values values in the record's order: at most 64 values and 64 lists, or 1,024 values of
   *     the path {@code *}; a list gives each of its elements and then itself; a path through a
   *     list gives the values of all elements
   * @param cut if the record has more values than these, because of that limit, or because the
   *     record's fields take more than 16 KB
   */
  record Present(List<RawValue> values, boolean cut) implements RawField {
    /** Creates a field with its values. */
    public Present {
      values = List.copyOf(values);
    }

    @Override
    public boolean isLookedFor() {
      return true;
    }
  }

  /** Returns whether ingest looked for this field. */
  boolean isLookedFor();

  /**
   * Returns the values of this field, or an empty list if it has none. It has values only if ingest
   * looked for the field and the record has it.
   */
  List<RawValue> values();

  /**
   * Returns whether values of this field were left out of {@link #values()}, because of a limit on
   * their number or size.
   */
  boolean cut();

  /**
   * Cache of the results that one function gave for recent raw fields. A result is found by the
   * bytes of its field. This saves work, because records repeat most of their values. It is for use
   * by one thread.
   *
   * @param <T> type of the results, which are shared by all events with the same field
   */
  final class Memo<T> {
    private static final int MOST_BITS = 8;
    private static final int LONGEST = 128;
    private static final long MIXER = 0x9E37_79B9_7F4A_7C15L;
    private static final VarHandle WORDS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Function<RawField, T> function;
    private final List<@Nullable Known<T>> recent =
        new ArrayList<>(Collections.nCopies(1 << MOST_BITS, null));
    private @Nullable T ofAbsent;

    /**
     * Remembered result of a function of one raw field, with the bytes of the field for which it
     * was computed.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, nor changed
    private record Known<T>(byte[] encoded, T result) {}

    /**
     * Creates an empty cache for results of a function.
     *
     * @param function function whose result depends on nothing but the field
     */
    public Memo(Function<RawField, T> function) {
      this.function = function;
    }

    /**
     * Returns the result of this {@link Memo}'s function for a record's field. The function runs at
     * each call, but only once for the absent field.
     */
    public T of(RawField field) {
      if (field != RawField.ABSENT) {
        return function.apply(field);
      }
      T known = ofAbsent;
      if (known == null) {
        known = function.apply(field);
        ofAbsent = known;
      }
      return known;
    }

    /**
     * Returns the result of this {@link Memo}'s function for a raw field in encoded form. The
     * remembered result of a recent field with the same bytes is returned if there is one.
     * Otherwise the function runs. The result for a field of more than 128 bytes is not remembered.
     *
     * @param from position of the field in the bytes, at least 8, because the bytes before a short
     *     field are read with it
     * @param reader reader of the field at a position
     */
    T of(byte[] bytes, int from, int to, IntFunction<RawField> reader) {
      if (to - from > LONGEST) {
        return function.apply(reader.apply(from));
      }
      int place = (int) (hash(bytes, from, to) >>> (Long.SIZE - MOST_BITS));
      Known<T> known = recent.get(place);
      if (known == null
          || !Arrays.equals(known.encoded, 0, known.encoded.length, bytes, from, to)) {
        known =
            new Known<>(Arrays.copyOfRange(bytes, from, to), function.apply(reader.apply(from)));
        recent.set(place, known);
      }
      return known.result;
    }

    private static long hash(byte[] bytes, int from, int to) {
      long hash = (long) to - from;
      int at = from;
      for (; to - at >= Long.BYTES; at += Long.BYTES) {
        hash = (hash ^ (long) WORDS.get(bytes, at)) * MIXER;
      }
      if (at < to) {
        long last = (long) WORDS.get(bytes, to - Long.BYTES);
        hash = (hash ^ (last >>> (Byte.SIZE * (Long.BYTES - (to - at))))) * MIXER;
      }
      return hash;
    }
  }
}
