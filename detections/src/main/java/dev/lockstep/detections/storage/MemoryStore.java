package dev.lockstep.detections.storage;

import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Store of records by key in memory.
 *
 * @param <T> the record class
 */
public final class MemoryStore<T> implements KeyedStore<T> {
  private final TreeMap<String, T> records = new TreeMap<>();

  @Override
  public @Nullable T get(String key) {
    return records.get(key);
  }

  @Override
  public void put(String key, T record) {
    records.put(key, record);
  }

  @Override
  public void delete(String key) {
    records.remove(key);
  }

  @Override
  public void forEach(BiConsumer<String, T> each) {
    records.forEach(each);
  }
}
