package dev.lockstep.detections;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory for one run, for state that is looked up by key and seldom walked: it hashes
 * keys, and sorts them when it is walked.
 */
final class HashedStore implements KeyValueStore<Bytes, byte[]> {
  private final String name;
  private final Map<Bytes, byte[]> entries = new HashMap<>();
  private boolean open;

  HashedStore(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(root, (key, value) -> put(Bytes.wrap(key), value));
    open = true;
  }

  @Override
  public byte @Nullable [] get(Bytes key) {
    return entries.get(key);
  }

  @Override
  public void put(Bytes key, byte @Nullable [] value) {
    if (value == null) {
      entries.remove(key);
    } else {
      entries.put(key, value);
    }
  }

  @Override
  public byte @Nullable [] putIfAbsent(Bytes key, byte[] value) {
    return entries.putIfAbsent(key, value);
  }

  @Override
  public void putAll(List<KeyValue<Bytes, byte[]>> all) {
    all.forEach(entry -> put(entry.key, entry.value));
  }

  @Override
  public byte @Nullable [] delete(Bytes key) {
    return entries.remove(key);
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
    TreeMap<Bytes, byte[]> sorted = new TreeMap<>();
    entries.forEach(
        (key, value) -> {
          if ((from == null || key.compareTo(from) >= 0)
              && (to == null || key.compareTo(to) <= 0)) {
            sorted.put(key, value);
          }
        });
    return new Walk(sorted.entrySet().iterator());
  }

  @Override
  public KeyValueIterator<Bytes, byte[]> all() {
    return range(null, null);
  }

  @Override
  public long approximateNumEntries() {
    return entries.size();
  }

  @Override
  public void close() {
    entries.clear();
    open = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** A walk over entries that were there when it began. */
  private static final class Walk implements KeyValueIterator<Bytes, byte[]> {
    private final Iterator<Map.Entry<Bytes, byte[]>> left;
    private Map.@Nullable Entry<Bytes, byte[]> next;

    Walk(Iterator<Map.Entry<Bytes, byte[]>> left) {
      this.left = left;
    }

    private Map.Entry<Bytes, byte[]> peeked() {
      if (next == null) {
        next = left.next();
      }
      return next;
    }

    @Override
    public Bytes peekNextKey() {
      return peeked().getKey();
    }

    @Override
    public boolean hasNext() {
      return next != null || left.hasNext();
    }

    @Override
    public KeyValue<Bytes, byte[]> next() {
      Map.Entry<Bytes, byte[]> entry = peeked();
      next = null;
      return KeyValue.pair(entry.getKey(), entry.getValue());
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}
