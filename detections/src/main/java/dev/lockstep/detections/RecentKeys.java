package dev.lockstep.detections;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bounded memory of keys seen lately, least recently seen forgotten first. Forgetting costs a
 * repeat, never a verdict.
 *
 * @param <K> the key
 */
final class RecentKeys<K> {
  private final LinkedHashMap<K, Boolean> keys;

  RecentKeys(int most) {
    this.keys =
        new LinkedHashMap<>(1024, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Boolean> eldest) {
            return size() > most;
          }
        };
  }

  /** Returns whether the key is new to the memory, and remembers it. */
  boolean add(K key) {
    return keys.put(key, Boolean.TRUE) == null;
  }
}
