package dev.lockstep.detections.state;

import dev.lockstep.enrichment.geo.Place;
import org.jspecify.annotations.Nullable;

/**
 * Cache of the texts of places, because their coordinates take long to write. Entries that threads
 * take from each other are written again.
 */
final class PlaceTexts {
  private static final @Nullable Known[] KNOWN = new Known[1 << 10];

  private record Known(Place place, String text) {}

  private PlaceTexts() {}

  static String of(Place place) {
    int slot = place.hashCode();
    slot = (slot ^ (slot >>> 10) ^ (slot >>> 20)) & (KNOWN.length - 1);
    Known known = KNOWN[slot];
    if (known == null || !known.place.equals(place)) {
      known = new Known(place, place.toString());
      KNOWN[slot] = known;
    }
    return known.text;
  }
}
