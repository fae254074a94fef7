package dev.lockstep.detections;

import dev.lockstep.schemas.SingleObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * A named store of one kind of state, by key.
 *
 * @param <T> the record kept
 */
final class StateStore<T extends SpecificRecord> {
  private static final int LARGE_BYTES = 4096;
  private static final int MOST_LARGE = 32;

  private final KeyValueStore<Bytes, byte[]> store;
  private final SingleObject<T> codec;

  private final Packing<T> packing;
  private final RecentMap<Bytes, Large<T>> large = new RecentMap<>(MOST_LARGE);

  /** A large record and its bytes: comparing these costs less than decoding them again. */
  private static final class Large<T> {
    private final byte[] bytes;
    private final T record;

    Large(byte[] bytes, T record) {
      this.bytes = bytes;
      this.record = record;
    }
  }

  StateStore(KeyValueStore<Bytes, byte[]> store, SingleObject<T> codec, Packing<T> packing) {
    this.store = store;
    this.codec = codec;
    this.packing = packing;
  }

  /** Leaves out of a record what it says twice, and puts it back. */
  interface Packing<T> {
    void pack(T record);

    void unpack(T record);

    /** Returns whether large records are remembered decoded, a few of them. */
    default boolean remembered() {
      return false;
    }

    static <T> Packing<T> none() {
      return new Packing<>() {
        @Override
        public void pack(T record) {}

        @Override
        public void unpack(T record) {}
      };
    }
  }

  /**
   * Returns the record of a key. Whoever changes it has to put it: a large one may be handed out
   * again as it is.
   */
  @Nullable T get(Bytes key) {
    byte[] value = store.get(key);
    if (value == null) {
      return null;
    }
    if (value.length < LARGE_BYTES || !packing.remembered()) {
      return decoded(value);
    }
    Large<T> before = large.get(key);
    if (before != null && (before.bytes == value || Arrays.equals(before.bytes, value))) {
      return before.record;
    }
    T record = decoded(value);
    large.put(key, new Large<>(value, record));
    return record;
  }

  private T decoded(byte[] value) {
    T record = codec.decode(value);
    packing.unpack(record);
    return record;
  }

  void put(Bytes key, T record) {
    packing.pack(record);
    byte[] value = codec.encode(record);
    store.put(key, value);
    packing.unpack(record);
    if (value.length >= LARGE_BYTES && packing.remembered()) {
      large.put(key, new Large<>(value, record));
    }
  }

  void delete(Bytes key) {
    large.remove(key);
    store.delete(key);
  }

  /** Hands out each record whose bytes hold a text; it may be put or deleted meanwhile. */
  void holding(String text, BiConsumer<Bytes, T> each) {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    List<KeyValue<Bytes, byte[]>> found = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = store.all()) {
      while (entries.hasNext()) {
        KeyValue<Bytes, byte[]> entry = entries.next();
        if (holds(entry.value, wanted)) {
          found.add(entry);
        }
      }
    }
    found.forEach(entry -> each.accept(entry.key, decoded(entry.value)));
  }

  private static boolean holds(byte[] bytes, byte[] wanted) {
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the keys that sort by day first and end with an id. */
  List<Bytes> daysOf(String id) {
    List<Bytes> keys = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = store.all()) {
      while (entries.hasNext()) {
        Bytes key = entries.next().key;
        if (idOfFirst(key).equals(id)) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** Hands out everything. */
  void forEach(BiConsumer<Bytes, T> each) {
    try (KeyValueIterator<Bytes, byte[]> entries = store.all()) {
      while (entries.hasNext()) {
        KeyValue<Bytes, byte[]> entry = entries.next();
        each.accept(entry.key, decoded(entry.value));
      }
    }
  }

  /** Hands out what lies between two keys, both inclusive. */
  void range(Bytes from, Bytes to, BiConsumer<Bytes, T> each) {
    try (KeyValueIterator<Bytes, byte[]> entries = store.range(from, to)) {
      while (entries.hasNext()) {
        KeyValue<Bytes, byte[]> entry = entries.next();
        each.accept(entry.key, decoded(entry.value));
      }
    }
  }

  /** Deletes what a condition holds for. */
  void deleteIf(Predicate<T> condition) {
    List<Bytes> gone = new ArrayList<>();
    forEach(
        (key, record) -> {
          if (condition.test(record)) {
            gone.add(key);
          }
        });
    gone.forEach(store::delete);
  }

  static Bytes key(String id) {
    return Bytes.wrap(id.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Bytes key) {
    return new String(key.get(), StandardCharsets.UTF_8);
  }

  /** Returns a key that sorts by day first. */
  static Bytes dayFirst(int day, String id) {
    byte[] text = id.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(4 + text.length).putInt(day ^ Integer.MIN_VALUE).put(text).array());
  }

  /** Returns a key that sorts by id first. */
  static Bytes dayLast(String id, int day) {
    byte[] text = id.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(text.length + 5)
            .put(text)
            .put((byte) 0)
            .putInt(day ^ Integer.MIN_VALUE)
            .array());
  }

  static int dayOfFirst(Bytes key) {
    return ByteBuffer.wrap(key.get()).getInt() ^ Integer.MIN_VALUE;
  }

  static int dayOfLast(Bytes key) {
    return ByteBuffer.wrap(key.get(), key.get().length - 4, 4).getInt() ^ Integer.MIN_VALUE;
  }

  static String idOfFirst(Bytes key) {
    return new String(key.get(), 4, key.get().length - 4, StandardCharsets.UTF_8);
  }
}
