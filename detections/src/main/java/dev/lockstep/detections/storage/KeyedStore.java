package dev.lockstep.detections.storage;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Store of records by key, such as findings by id. Not for use by several threads.
 *
 * @param <T> the record class
 */
public interface KeyedStore<T> {
  /** Returns a record, or null if none is stored. A caller that changes it has to put it back. */
  @Nullable T get(String key);

  /** Stores a record. */
  void put(String key, T record);

  /** Deletes a record. */
  void delete(String key);

  /**
   * Passes each key with its record to a consumer, in the order of keys. The store must not change
   * meanwhile.
   */
  void forEach(BiConsumer<String, T> each);
}
