package dev.lockstep.detections;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A named store of what is due when, in arrival time by the minute. */
final class DueTimes {
  private static final byte[] PRESENT = {};

  private final KeyValueStore<Bytes, byte[]> store;

  DueTimes(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  void at(long millis, String id) {
    store.put(key(Days.minute(millis), id), PRESENT);
  }

  /** Takes out everything due before a time, and hands out its id. */
  void before(long millis, Consumer<String> each) {
    List<Bytes> due = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.range(key(0, ""), key(Days.minute(millis), ""))) {
      while (entries.hasNext()) {
        due.add(entries.next().key);
      }
    }
    for (Bytes key : due) {
      store.delete(key);
      each.accept(id(key));
    }
  }

  /** Hands out the id of everything due from a time until before another, and leaves it there. */
  void between(long fromMillis, long toMillis, Consumer<String> each) {
    List<String> due = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.range(key(Days.minute(fromMillis), ""), key(Days.minute(toMillis), ""))) {
      while (entries.hasNext()) {
        due.add(id(entries.next().key));
      }
    }
    due.forEach(each);
  }

  /** Takes out what is due of some ids, whenever that is. */
  void remove(Set<String> ids) {
    List<Bytes> gone = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = store.all()) {
      while (entries.hasNext()) {
        Bytes key = entries.next().key;
        if (ids.contains(id(key))) {
          gone.add(key);
        }
      }
    }
    gone.forEach(store::delete);
  }

  private static String id(Bytes key) {
    return new String(key.get(), 8, key.get().length - 8, StandardCharsets.UTF_8);
  }

  private static Bytes key(long minute, String id) {
    byte[] text = id.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(8 + text.length).putLong(Math.max(0, minute)).put(text).array());
  }
}
