package dev.lockstep.enrichment;

import org.jspecify.annotations.Nullable;

/** Merges what the networks file, the record and the databases say of one address. */
final class Locator {

  private static final double CITY_RADIUS_KM = 50;
  private static final double COUNTRY_RADIUS_KM = 500;

  private final Networks networks;
  private final GeoDatabases geo;

  Locator(Networks networks, GeoDatabases geo) {
    this.networks = networks;
    this.geo = geo;
  }

  Location locate(Address address, RecordSays record) {
    NetworkRow range = networks.ofRange(address);
    NetworkRow row = range == null ? NetworkRow.EMPTY : range;
    GeoEntry.AutonomousSystem system = geo.system(address);
    Long asn = first(row.asn(), record.asn(), system.asn());
    NetworkRow ofSystem = networks.ofSystem(asn);
    if (ofSystem != null) {
      row = row.filledFrom(ofSystem);
    }
    GeoEntry.City city = geo.city(address);
    Place place = place(row, record, city);
    String country =
        first(place.country(), row.country(), first(record.country(), city.country(), null));
    NetworkClass networkClass = row.networkClass();
    Network network =
        new Network(
            asn,
            first(row.organisation(), organisation(system, asn), null),
            address.prefix(),
            country,
            networkClass == null ? NetworkClass.UNKNOWN : networkClass);
    return new Location(address, place, network);
  }

  /** The database's organisation, unless it belongs to another system than the one found. */
  private static @Nullable String organisation(
      GeoEntry.AutonomousSystem system, @Nullable Long asn) {
    boolean other = system.asn() != null && !system.asn().equals(asn);
    return other ? null : system.organisation();
  }

  private static Place place(NetworkRow row, RecordSays record, GeoEntry.City database) {
    Double latitude = row.latitude();
    Double longitude = row.longitude();
    if (latitude != null && longitude != null) {
      return place(
          first(row.country(), record.country(), database.country()),
          first(row.city(), record.city(), database.city()),
          latitude,
          longitude,
          row.accuracyKm());
    }
    Coordinates said = record.coordinates();
    if (said != null) {
      return place(
          first(row.country(), record.country(), null),
          first(row.city(), record.city(), null),
          said.latitude(),
          said.longitude(),
          null);
    }
    Coordinates found = database.coordinates();
    if (found != null) {
      return place(
          first(row.country(), database.country(), null),
          first(row.city(), database.city(), null),
          found.latitude(),
          found.longitude(),
          database.accuracyKm());
    }
    return Place.UNKNOWN;
  }

  private static Place place(
      @Nullable String country,
      @Nullable String city,
      double latitude,
      double longitude,
      @Nullable Double accuracyKm) {
    double radius =
        accuracyKm != null ? accuracyKm : city != null ? CITY_RADIUS_KM : COUNTRY_RADIUS_KM;
    return new Place(country, city, latitude, longitude, radius);
  }

  private static <T> @Nullable T first(@Nullable T one, @Nullable T two, @Nullable T three) {
    return one != null ? one : two != null ? two : three;
  }
}
