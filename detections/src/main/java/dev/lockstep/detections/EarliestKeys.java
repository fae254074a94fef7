package dev.lockstep.detections;

/**
 * A bounded memory of the earliest time seen for each key lately, least recently seen forgotten
 * first. Forgetting costs a repeat, never a verdict.
 *
 * @param <K> the key
 */
final class EarliestKeys<K> {
  private final RecentMap<K, Long> earliest;

  EarliestKeys(int most) {
    this.earliest = new RecentMap<>(most);
  }

  /** Returns whether a key is new to the memory or earlier than before, and remembers it. */
  boolean add(K key, long at) {
    Long before = earliest.get(key);
    if (before != null && before <= at) {
      return false;
    }
    earliest.put(key, at);
    return true;
  }
}
