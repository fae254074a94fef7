package dev.lockstep.enrichment.geo;

import org.jspecify.annotations.Nullable;

/**
 * Place on earth of an address at the time of one event. At other events the same address may have
 * other places.
 *
 * @param country ISO 3166 code in upper case, or null if unknown
 * @param city city name, or null if unknown
 * @param latitude degrees, -90 to 90; NaN if unknown
 * @param longitude degrees, -180 to 180; NaN if unknown
 * @param accuracyKm radius in km, at least 0
 */
public record Place(
    @Nullable String country,
    @Nullable String city,
    double latitude,
    double longitude,
    double accuracyKm) {

  /** Unknown place, without coordinates. */
  public static final Place UNKNOWN = new Place(null, null, Double.NaN, Double.NaN, 0);

  /** Returns whether the place has coordinates. */
  public boolean known() {
    return !Double.isNaN(latitude);
  }

  Place withoutCountry() {
    return new Place(null, city, latitude, longitude, accuracyKm);
  }
}
