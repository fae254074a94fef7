package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.file.Values;
import org.jspecify.annotations.Nullable;

/** A point on earth as a record or a database has it: in range, and not 0/0. */
record Coordinates(double latitude, double longitude) {

  /** Returns the point, or null where a record means that it knows none. */
  static @Nullable Coordinates of(@Nullable Double latitude, @Nullable Double longitude) {
    if (latitude == null
        || longitude == null
        || !Values.latitude(latitude)
        || !Values.longitude(longitude)
        || (latitude == 0 && longitude == 0)) {
      return null;
    }
    return new Coordinates(latitude, longitude);
  }
}
