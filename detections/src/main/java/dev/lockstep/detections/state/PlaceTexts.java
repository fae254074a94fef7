package dev.lockstep.detections.state;

import dev.lockstep.detections.encoding.Hashes;
import dev.lockstep.enrichment.geo.Place;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the texts of places, with their hashes, because formatting coordinates takes long.
 * Threads share it without a lock; an entry that is overwritten is computed again.
 */
final class PlaceTexts {
  private static final @Nullable Known[] KNOWN = new Known[1 << 10];

  /** Entry of the cache: a place with its text and hash. */
  private record Known(Place place, String text, long hash) {}

  private PlaceTexts() {}

  static String of(Place place) {
    return known(place).text;
  }

  static long hashOf(Place place) {
    return known(place).hash;
  }

  private static Known known(Place place) {
    int slot = place.hashCode();
    slot = (slot ^ (slot >>> 10) ^ (slot >>> 20)) & (KNOWN.length - 1);
    Known known = KNOWN[slot];
    if (known == null || !known.place.equals(place)) {
      String text = place.toString();
      known = new Known(place, text, Hashes.of(text));
      KNOWN[slot] = known;
    }
    return known;
  }
}
