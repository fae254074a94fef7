package dev.lockstep.detections.travel;

import dev.lockstep.enrichment.geo.Place;

/**
 * Name of a place: country and city. Coordinates without either are named by whole degrees.
 *
 * @param country ISO 3166 code, empty if unknown
 * @param city name of the city; empty if only the country is known; whole degrees, such as {@code
 *     52,13}, if neither is known
 */
record PlaceKey(String country, String city) implements Comparable<PlaceKey> {
  static PlaceKey of(Place place) {
    return new PlaceKey(countryOf(place), cityOf(place));
  }

  static String countryOf(Place place) {
    return place.country() == null ? "" : place.country();
  }

  static String cityOf(Place place) {
    if (place.country() == null && place.city() == null) {
      return Math.round(place.latitude()) + "," + Math.round(place.longitude());
    }
    return place.city() == null ? "" : place.city();
  }

  String trait() {
    return country + "\n" + city;
  }

  /**
   * Returns the readable form of a stored place, such as {@code Hamburg, DE}. A stored text that is
   * not a place is returned unchanged.
   */
  static String shown(String trait) {
    return trait.indexOf('\n') < 0 ? trait : ofTrait(trait).text();
  }

  static PlaceKey ofTrait(String trait) {
    int end = trait.indexOf('\n');
    return new PlaceKey(trait.substring(0, end), trait.substring(end + 1));
  }

  boolean isCity() {
    return !country.isEmpty() && !city.isEmpty();
  }

  String text() {
    if (city.isEmpty()) {
      return country;
    }
    return country.isEmpty() ? city : city + ", " + country;
  }

  @Override
  public int compareTo(PlaceKey other) {
    int order = country.compareTo(other.country);
    return order == 0 ? city.compareTo(other.city) : order;
  }
}
