package dev.lockstep.enrichment.geo;

import dev.lockstep.enrichment.file.ValueParsers;
import dev.lockstep.enrichment.network.NetworkClass;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reader of place, autonomous system and network class from an entry of a GeoIP database. The entry
 * has MaxMind's nested form, or the flat form of other databases.
 */
final class GeoEntry {

  private static final City NO_CITY = new City(null, null, null, null);
  private static final List<String> VPN_FLAGS =
      List.of("is_anonymous_vpn", "is_tor_exit_node", "is_public_proxy", "is_residential_proxy");
  private static final AutonomousSystem NO_SYSTEM = new AutonomousSystem(null, null);

  private GeoEntry() {}

  /** Entry of a city database. */
  record City(
      @Nullable String country,
      @Nullable String city,
      @Nullable Coordinates coordinates,
      @Nullable Double accuracyKm) {}

  /** Entry of a database of autonomous systems. */
  record AutonomousSystem(@Nullable Long asn, @Nullable String organisation) {}

  static City city(Map<?, ?> entry) {
    if (entry.isEmpty()) {
      return NO_CITY;
    }
    Map<?, ?> location = entry.get("location") instanceof Map<?, ?> nested ? nested : entry;
    Double latitude = number(first(location, "latitude", "lat"));
    Double longitude = number(first(location, "longitude", "lng", "lon"));
    Double accuracy = number(first(location, "accuracy_radius", "accuracy_radius_km"));
    return new City(
        country(entry),
        city(entry.get("city"), entry.get("city_name")),
        Coordinates.of(latitude, longitude),
        accuracy != null && accuracy >= 0 ? accuracy : null);
  }

  static AutonomousSystem system(Map<?, ?> entry) {
    if (entry.isEmpty()) {
      return NO_SYSTEM;
    }
    Object asn = first(entry, "autonomous_system_number", "asn", "as_number");
    Long number =
        asn instanceof Number n ? ValueParsers.asn(n.longValue()) : ValueParsers.asn(string(asn));
    return new AutonomousSystem(
        number,
        string(
            first(
                entry,
                "autonomous_system_organization",
                "as_name",
                "as_organization",
                "organization",
                "name")));
  }

  /**
   * Returns the network class that the flags of an anonymiser entry stand for, or null if no flag
   * is set. A VPN or Tor exit goes before hosting, because most exits are hosted.
   */
  static @Nullable NetworkClass anonymiser(Map<?, ?> entry) {
    for (String flag : VPN_FLAGS) {
      if (yes(entry, flag)) {
        return NetworkClass.VPN;
      }
    }
    if (yes(entry, "is_hosting_provider")) {
      return NetworkClass.HOSTING;
    }
    return yes(entry, "is_anonymous") ? NetworkClass.VPN : null;
  }

  private static boolean yes(Map<?, ?> entry, String flag) {
    return Boolean.TRUE.equals(entry.get(flag));
  }

  private static @Nullable String country(Map<?, ?> entry) {
    Object country = entry.get("country");
    Object code =
        country instanceof Map<?, ?> nested
            ? nested.get("iso_code")
            : first(entry, "country_code", "country_iso_code", "country");
    return ValueParsers.country(string(code));
  }

  private static @Nullable String city(@Nullable Object city, @Nullable Object cityName) {
    if (!(city instanceof Map<?, ?> nested)) {
      String name = string(city);
      return name != null ? name : string(cityName);
    }
    if (!(nested.get("names") instanceof Map<?, ?> names)) {
      return string(nested.get("name"));
    }
    String english = string(names.get("en"));
    if (english != null) {
      return english;
    }
    Map<String, String> sorted = new TreeMap<>();
    names.forEach(
        (language, name) -> {
          String text = string(name);
          if (text != null) {
            sorted.put(String.valueOf(language), text);
          }
        });
    return sorted.isEmpty() ? null : sorted.values().iterator().next();
  }

  private static @Nullable Object first(Map<?, ?> entry, String... keys) {
    for (String key : keys) {
      Object value = entry.get(key);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private static @Nullable String string(@Nullable Object value) {
    return value instanceof String text ? ValueParsers.text(text) : null;
  }

  private static @Nullable Double number(@Nullable Object value) {
    if (value instanceof Number number) {
      double d = number.doubleValue();
      return Double.isFinite(d) ? (Double) d : null;
    }
    return ValueParsers.decimal(string(value));
  }
}
