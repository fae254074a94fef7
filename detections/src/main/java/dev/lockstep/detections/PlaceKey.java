package dev.lockstep.detections;

import dev.lockstep.schemas.PlaceSeen;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A place as a principal is known there: country and city. Coordinates without either stand for
 * themselves, to the degree.
 *
 * @param country ISO 3166 code, empty if unknown
 * @param city city name, empty if unknown
 */
record PlaceKey(String country, String city) implements Comparable<PlaceKey> {
  /** Stands for observations without a place: they count as a history, not as a place. */
  static final PlaceKey NOWHERE = new PlaceKey("?", "?");

  private static final Comparator<PlaceKey> ORDER =
      Comparator.comparing(PlaceKey::country).thenComparing(PlaceKey::city);

  static PlaceKey of(PlaceSeen place) {
    String country = place.getCountry();
    String city = place.getCity();
    if (country == null && city == null) {
      return new PlaceKey(
          "", Math.round(place.getLatitude()) + "," + Math.round(place.getLongitude()));
    }
    return of(country, city);
  }

  static PlaceKey of(@Nullable String country, @Nullable String city) {
    return new PlaceKey(country == null ? "" : country, city == null ? "" : city);
  }

  String text() {
    if (city.isEmpty()) {
      return country;
    }
    return country.isEmpty() ? city : city + ", " + country;
  }

  @Override
  public int compareTo(PlaceKey other) {
    return ORDER.compare(this, other);
  }
}
