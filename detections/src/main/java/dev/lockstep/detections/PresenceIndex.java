package dev.lockstep.detections;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** A named store of who was at an address or under a name on a day, in the order of its keys. */
final class PresenceIndex {
  private static final byte[] PRESENT = {};

  private final KeyValueStore<Bytes, byte[]> store;

  PresenceIndex(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  void add(int day, String handle, boolean isName, String principal) {
    store.put(key(day, handle, isName, 0, principal), PRESENT);
  }

  void remove(int day, String handle, boolean isName, String principal) {
    store.delete(key(day, handle, isName, 0, principal));
  }

  /** Returns the ids of the principals that were there. */
  List<String> principals(int day, String handle, boolean isName) {
    Bytes from = key(day, handle, isName, 0, "");
    List<String> ids = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.range(from, key(day, handle, isName, 1, ""))) {
      while (entries.hasNext()) {
        byte[] key = entries.next().key.get();
        int at = from.get().length;
        if (key.length > at) {
          ids.add(new String(key, at, key.length - at, StandardCharsets.UTF_8));
        }
      }
    }
    return ids;
  }

  /** Deletes where a principal was. */
  void erase(String principal) {
    byte[] end = ("\0" + principal).getBytes(StandardCharsets.UTF_8);
    List<Bytes> gone = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = store.all()) {
      while (entries.hasNext()) {
        Bytes key = entries.next().key;
        byte[] bytes = key.get();
        int at = bytes.length - end.length;
        if (at >= 0 && Arrays.equals(bytes, at, bytes.length, end, 0, end.length)) {
          gone.add(key);
        }
      }
    }
    gone.forEach(store::delete);
  }

  /** Deletes what lies on a day or earlier. */
  void forget(int upTo) {
    List<Bytes> gone = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries =
        store.range(
            StateStore.dayFirst(Integer.MIN_VALUE, ""), StateStore.dayFirst(upTo + 1, ""))) {
      while (entries.hasNext()) {
        gone.add(entries.next().key);
      }
    }
    gone.forEach(store::delete);
  }

  private static Bytes key(
      int day, String handle, boolean isName, int separator, String principal) {
    byte[] handleBytes = handle.getBytes(StandardCharsets.UTF_8);
    byte[] principalBytes = principal.getBytes(StandardCharsets.UTF_8);
    return Bytes.wrap(
        ByteBuffer.allocate(6 + handleBytes.length + principalBytes.length)
            .putInt(day ^ Integer.MIN_VALUE)
            .put((byte) (isName ? 1 : 0))
            .put(handleBytes)
            .put((byte) separator)
            .put(principalBytes)
            .array());
  }
}
