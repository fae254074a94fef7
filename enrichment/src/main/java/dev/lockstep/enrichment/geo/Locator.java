package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.NetworkRow;
import dev.lockstep.enrichment.network.Networks;
import org.jspecify.annotations.Nullable;

/**
 * Look-up of the place and network of an address in the networks files, the GeoIP databases and the
 * log record.
 */
public final class Locator {

  private static final double CITY_RADIUS_KM = 50;
  private static final double COUNTRY_RADIUS_KM = 500;

  private final Networks networks;
  private final GeoDatabases geo;

  public Locator(Networks networks, GeoDatabases geo) {
    this.networks = networks;
    this.geo = geo;
  }

  /**
   * Returns the row of an address's range in the networks files, and the entries of the GeoIP
   * databases for the address.
   */
  public Known known(Address address) {
    NetworkRow range = networks.ofRange(address);
    return new Known(
        range == null ? NetworkRow.EMPTY : range,
        geo.city(address),
        geo.system(address),
        geo.anonymiser(address));
  }

  public Location locate(Address address, Known known, RecordLocation record) {
    NetworkRow row = known.range();
    GeoEntry.City city = known.city();
    GeoEntry.AutonomousSystem system = known.system();
    Long asn = first(row.asn(), record.asn(), system.asn());
    NetworkRow ofSystem = networks.ofSystem(asn);
    if (ofSystem != null) {
      row = row.filledFrom(ofSystem);
    }
    Place place = place(row, record, city);
    String country =
        first(place.country(), row.country(), first(record.country(), city.country(), null));
    if (NetworkRow.NO_COUNTRY.equals(row.country())) {
      country = null;
      place = place.withoutCountry();
    }
    NetworkRow provider = networks.ofProvider(asn);
    if (provider == null) {
      provider = NetworkRow.EMPTY;
    }
    NetworkClass networkClass =
        first(row.networkClass(), known.anonymiser(), provider.networkClass());
    Network network =
        new Network(
            asn,
            first(row.organisation(), organisation(system, asn), provider.organisation()),
            address.prefix(),
            country,
            networkClass == null ? NetworkClass.UNKNOWN : networkClass);
    return new Location(address, place, network);
  }

  /** Entries of the networks files and databases for one address. */
  public record Known(
      NetworkRow range,
      GeoEntry.City city,
      GeoEntry.AutonomousSystem system,
      @Nullable NetworkClass anonymiser) {}

  private static @Nullable String organisation(
      GeoEntry.AutonomousSystem system, @Nullable Long asn) {
    boolean other = system.asn() != null && !system.asn().equals(asn);
    return other ? null : system.organisation();
  }

  private static Place place(NetworkRow row, RecordLocation record, GeoEntry.City database) {
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
    Coordinates coordinates = record.coordinates();
    if (coordinates != null) {
      return place(
          first(row.country(), record.country(), null),
          first(row.city(), record.city(), null),
          coordinates.latitude(),
          coordinates.longitude(),
          row.accuracyKm());
    }
    Coordinates found = database.coordinates();
    if (found != null) {
      return place(
          first(row.country(), database.country(), null),
          first(row.city(), database.city(), null),
          found.latitude(),
          found.longitude(),
          first(row.accuracyKm(), database.accuracyKm(), null));
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
