package dev.lockstep.app.suggest;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Map of counts by text, with a limited number of entries. If it is full, it drops the entries that
 * fail the caller's condition. If that makes no room, a new text is not counted.
 */
final class BoundedCounts<V> {
  private final int most;
  private final Predicate<V> telling;
  private final Map<String, V> values = new HashMap<>();
  private long leftOut;
  private int refusals;

  /**
   * @param most largest number of entries, at least 1
   * @param telling test of whether an entry with a value is kept when there are too many entries
   */
  BoundedCounts(int most, Predicate<V> telling) {
    this.most = most;
    this.telling = telling;
  }

  /**
   * Returns the value of a key, and first creates the value if the key is new. The result is null
   * if there is no room for a new key.
   */
  @Nullable V of(String key, Supplier<V> fresh) {
    V value = values.get(key);
    if (value != null) {
      return value;
    }
    if (values.size() >= most && !makeRoom()) {
      leftOut++;
      return null;
    }
    V made = fresh.get();
    values.put(key, made);
    return made;
  }

  private boolean makeRoom() {
    if (refusals > 0) {
      refusals--;
      return false;
    }
    int before = values.size();
    values.values().removeIf(telling.negate());
    int room = before - values.size();
    leftOut += room;
    // the search is slow; if it drops few entries, the next calls do nothing
    refusals = room > most / 16 ? 0 : most / 4;
    return room > 0;
  }

  Map<String, V> all() {
    return values;
  }

  long leftOut() {
    return leftOut;
  }
}
