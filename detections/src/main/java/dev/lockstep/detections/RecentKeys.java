package dev.lockstep.detections;

/**
 * A bounded memory of keys seen lately, least recently seen forgotten first. Forgetting costs a
 * repeat, never a verdict.
 *
 * @param <K> the key
 */
final class RecentKeys<K> {
  private final RecentMap<K, Boolean> keys;

  RecentKeys(int most) {
    this.keys = new RecentMap<>(most);
  }

  /** Returns whether the key is new to the memory, and remembers it. */
  boolean add(K key) {
    return keys.put(key, Boolean.TRUE) == null;
  }
}
