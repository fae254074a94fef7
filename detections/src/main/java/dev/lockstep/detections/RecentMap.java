package dev.lockstep.detections;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map of bounded size: what was asked for least recently is forgotten first.
 *
 * @param <K> the key
 * @param <V> what is remembered for it
 */
final class RecentMap<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1;

  private final int most;

  /**
   * Creates an empty map.
   *
   * @param most how many entries it remembers
   */
  RecentMap(int most) {
    super(16, 0.75f, true);
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > most;
  }
}
