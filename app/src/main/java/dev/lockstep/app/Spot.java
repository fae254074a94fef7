package dev.lockstep.app;

import dev.lockstep.enrichment.Network;
import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A prefix as some observations place it.
 *
 * @param place with coordinates
 */
record Spot(Network network, Place place) {
  private static final double EARTH_RADIUS_KM = 6371.0088;
  private static final double VAGUE_KM = 200;

  /** Returns whether its addresses are those of phones or of what flies: they move. */
  boolean moves() {
    NetworkClass named = network.networkClass();
    return named == NetworkClass.MOBILE || named == NetworkClass.SATELLITE;
  }

  /** Returns whether its place says nothing of its users, by its class: it moves, or hides them. */
  boolean elusive() {
    return moves() || network.networkClass() == NetworkClass.VPN;
  }

  boolean corporate() {
    return network.networkClass() == NetworkClass.CORPORATE;
  }

  /** Returns whether only the country is known, or little more. */
  boolean vague() {
    return place.city() == null || place.accuracyKm() > VAGUE_KM;
  }

  /** Returns km between two spots, less both radii, at least 0. */
  double apartKm(Spot other) {
    double apart = km(place, other.place) - place.accuracyKm() - other.place.accuracyKm();
    return Math.max(0, apart);
  }

  /** Returns its place whatever the radius. */
  At at() {
    return new At(
        place.country(),
        place.city(),
        Math.round(place.latitude() * 1000),
        Math.round(place.longitude() * 1000));
  }

  /** A place in thousandths of a degree. */
  record At(@Nullable String country, @Nullable String city, long latitude, long longitude) {
    double km(At other) {
      return Spot.km(place(), other.place());
    }

    private Place place() {
      return new Place(country, city, latitude / 1000.0, longitude / 1000.0, 0);
    }
  }

  /** Returns km over ground between two places with coordinates. */
  static double km(Place one, Place other) {
    double north = Math.toRadians(other.latitude() - one.latitude()) / 2;
    double east = Math.toRadians(other.longitude() - one.longitude()) / 2;
    double chord =
        Math.pow(Math.sin(north), 2)
            + Math.cos(Math.toRadians(one.latitude()))
                * Math.cos(Math.toRadians(other.latitude()))
                * Math.pow(Math.sin(east), 2);
    return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)));
  }

  /** Returns owner, country and class, for people. */
  static String named(Network network) {
    List<String> parts = new ArrayList<>();
    if (network.asn() != null) {
      parts.add("AS" + network.asn());
    }
    if (network.organisation() != null) {
      parts.add(network.organisation());
    }
    if (network.country() != null) {
      parts.add(network.country());
    }
    if (network.networkClass() != NetworkClass.UNKNOWN) {
      parts.add(network.networkClass().word());
    }
    return String.join(" ", parts);
  }
}
