package dev.lockstep.detections.oracle;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.RecordGeo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses, networks and partners that histories are made of: few, so that they collide. */
final class World {
  /** The UTC day on which histories begin. */
  static final int FIRST_DAY = (int) LocalDate.of(2026, 3, 2).toEpochDay();

  private static final String NETWORKS =
      """
      cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation
      203.0.113.0/24,corporate,GB,London,51.5142,-0.0931,5,64500,Contoso head office
      203.0.113.128/25,residential,US,New York,40.7128,-74.0060,5,64501,Beside the head office
      198.51.100.0/24,backend,US,Ashburn,39.0438,-77.4874,20,64501,A cloud of servers
      192.0.2.0/25,vpn,NL,Amsterdam,52.3676,4.9041,10,64502,Tunnels
      100.70.0.0/16,mobile,DE,Berlin,52.5200,13.4050,0,64503,Phones
      100.71.0.0/16,mobile,ES,Madrid,40.4168,-3.7038,100,64503,Phones
      2001:db8:10::/48,satellite,BR,Sao Paulo,-23.5505,-46.6333,50,64504,Dishes
      2001:db8:11::/48,satellite,AU,Sydney,-33.8688,151.2093,50,64504,Dishes
      AS64511,hosting,,,,,,,Some cloud
      AS64560,mobile,,,,,,,Phones anywhere
      AS64561,corporate,,,,,,,Branch offices
      AS64562,trusted-proxy,,,,,,,Another front door
      198.18.0.0/24,,US,Dallas,32.7767,-96.7970,25,64511,
      198.18.1.0/24,,SG,Singapore,1.3521,103.8198,25,64511,
      198.18.2.0/24,,,,,,,64511,
      198.19.0.0/24,residential,JP,Tokyo,35.6762,139.6503,30,,
      198.19.1.0/24,,,,,,,64520,Nowhere
      198.19.2.0/24,residential,GB,London,51.5072,-0.1276,0,64530,Homes
      198.19.3.0/24,residential,GB,Edinburgh,55.9533,-3.1883,0,64531,Homes in the north
      198.19.4.0/24,residential,US,,39.8283,-98.5795,,64532,Somewhere wide
      198.19.5.0/24,residential,DE,Berlin,52.5200,13.4050,500,64530,Homes abroad
      198.19.6.0/24,residential,FR,,,,,64533,A country only
      198.19.7.0/24,residential,,,10.0,20.0,0,64534,A point without a name
      198.19.8.0/24,residential,,,-10.0,60.0,0,64535,Another point without a name
      198.19.9.0/24,hosting,GB,London,51.5072,-0.1276,10,64530,Servers among homes
      198.19.10.0/24,residential,GB,Watford,51.6565,-0.3903,0,64537,Homes around
      198.18.9.0/24,trusted-proxy,,,,,,64540,Front door
      2001:db8:20::/48,residential,GB,London,51.5072,-0.1276,20,64530,Homes
      2001:db8:21::/48,residential,GB,Leeds,53.8008,-1.5491,20,64536,More homes
      """;

  private static final String PARTNERS =
      """
      partners:
        - id: declared
          subscriptions: [declared-key]
          cidrs: [198.19.2.0/24, '2001:db8:20::/48', 198.18.0.7]
        - id: learned
          subscriptions: [learned-key]
          products: [learned-product]
        - id: named
          subscriptions: [named-key]
          apps: [named-app]
          networks: [AS64530/GB, AS64511]
        - id: moving
          subscriptions: [moving-key]
          changeWindows:
            - {from: 2026-03-05T10:00:00Z, to: 2026-03-06T00:00:00Z}
            - {from: 2026-03-08T22:00:00Z, to: 2026-03-09T02:00:00Z}
            - {from: 2026-03-14T00:00:00Z, to: 2026-03-15T12:30:00.001Z}
        - id: moving-declared
          subscriptions: [moving-declared-key]
          cidrs: [192.0.2.0/24]
          changeWindows:
            - {from: 2026-03-03T12:00:00Z, to: 2026-03-04T00:00:00Z}
        - id: moving-named
          apps: [moving-app]
          products: [moving-product]
          networks: [AS64531]
          changeWindows:
            - {from: 2026-03-07T00:00:00Z, to: 2026-03-07T23:59:59Z}
      """;

  static final List<String> SUBSCRIPTIONS =
      List.of(
          "learned-key",
          "named-key",
          "moving-key",
          "declared-key",
          "moving-declared-key",
          "nobodys-key");

  /** Keys of partners that declare no ranges. */
  static final List<String> LEARNING = SUBSCRIPTIONS.subList(0, 3);

  static final List<String> PRODUCTS = List.of("learned-product", "moving-product", "no-product");
  static final List<String> APPS = List.of("named-app", "moving-app", "no-app");
  static final List<String> PROXIES = List.of("198.18.9.1", "198.18.9.200");

  /** A spelling of an address, and what records may say of its place; null is nothing. */
  record Spot(List<String> spellings, List<@Nullable RecordGeo> geos) {}

  static final List<Spot> SPOTS = spots();

  /** Addresses in cities far from each other. */
  static final List<Spot> CITIES =
      SPOTS.stream()
          .filter(
              spot ->
                  List.of(
                          "198.19.2.70",
                          "198.19.0.60",
                          "198.18.0.7",
                          "198.18.1.8",
                          "192.0.2.30",
                          "100.70.1.40",
                          "2001:db8:11::50")
                      .contains(spot.spellings().get(0)))
          .toList();

  /** Networks of one country, which a partner may have for neighbours. */
  static final List<Spot> NEAR =
      SPOTS.stream()
          .filter(
              spot ->
                  List.of(
                          "198.19.2.70",
                          "198.19.10.70",
                          "2001:db8:20::1",
                          "198.19.9.70",
                          "198.19.3.70",
                          "2001:db8:21::1",
                          "203.0.113.10",
                          "198.19.1.60")
                      .contains(spot.spellings().get(0)))
          .toList();

  private World() {}

  /** Returns the address listed after another, which may share its range. */
  static Spot nextTo(Spot spot) {
    return SPOTS.get((SPOTS.indexOf(spot) + 1) % SPOTS.size());
  }

  /** Look-ups over these networks and partners. */
  static final Enrichment ENRICHMENT = enrichment();

  private static Enrichment enrichment() {
    try {
      Path networks = Files.createTempFile("networks", ".csv");
      Path partners = Files.createTempFile("partners", ".yaml");
      try {
        Files.writeString(networks, NETWORKS);
        Files.writeString(partners, PARTNERS);
        return Enrichment.of(Networks.read(networks), Partners.read(partners), GeoDatabases.none());
      } finally {
        Files.delete(networks);
        Files.delete(partners);
      }
    } catch (IOException | FileProblemException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Spot> spots() {
    List<Spot> spots = new ArrayList<>();
    for (String address :
        List.of(
            "203.0.113.10",
            "203.0.113.200",
            "203.0.113.201",
            "198.51.100.20",
            "192.0.2.30",
            "100.70.1.40",
            "100.71.1.40",
            "2001:db8:10::50",
            "2001:db8:11::50",
            "198.18.0.7",
            "198.18.0.8",
            "198.18.1.8",
            "198.18.2.8",
            "198.19.0.60",
            "198.19.1.60",
            "198.19.2.70",
            "198.19.10.70",
            "198.19.3.70",
            "198.19.3.71",
            "198.19.4.70",
            "198.19.5.70",
            "198.19.6.70",
            "198.19.7.70",
            "198.19.8.70",
            "198.19.9.70",
            "2001:db8:20::1",
            "2001:db8:21::1",
            "198.18.9.70")) {
      spots.add(
          new Spot(spellings(address), nothingOr(geo("FR", "Paris", 48.8566, 2.3522, 64550L))));
    }
    List<@Nullable RecordGeo> anywhere =
        nothingOr(
            geo("FR", "Paris", 48.8566, 2.3522, 64550L),
            geo("US", "New York", 40.7128, -74.0060, 64501L),
            geo("FR", null, 46.2276, 2.2137, null),
            geo("JP", "Tokyo", 35.6762, 139.6503, 64511L),
            geo("GB", "London", 51.5072, -0.1276, 64530L),
            geo("GB", "Aberdeen", 57.1497, -2.0943, null),
            geo("DE", null, null, null, 64551L),
            geo(null, null, null, null, 64511L),
            geo("DE", "Berlin", 52.52, 13.405, 64560L),
            geo(null, null, null, null, 64560L),
            geo("US", "New York", 40.7128, -74.0060, 64561L),
            geo(null, null, null, null, 64562L));
    for (String address :
        List.of("9.9.9.9", "9.9.9.10", "8.8.4.4", "2606:4700::1", "2606:4700:1::1")) {
      spots.add(new Spot(spellings(address), anywhere));
    }
    return List.copyOf(spots);
  }

  private static List<String> spellings(String address) {
    return address.indexOf(':') >= 0
        ? List.of(address, "[" + address + "]:4433")
        : List.of(address, "::ffff:" + address, address + ":50123");
  }

  private static List<@Nullable RecordGeo> nothingOr(RecordGeo... geos) {
    List<@Nullable RecordGeo> all = new ArrayList<>();
    all.add(null);
    all.addAll(List.of(geos));
    return all;
  }

  private static RecordGeo geo(
      @Nullable String country,
      @Nullable String city,
      @Nullable Double latitude,
      @Nullable Double longitude,
      @Nullable Long asn) {
    RecordGeo geo = new RecordGeo();
    geo.setCountry(country);
    geo.setCity(city);
    geo.setLatitude(latitude);
    geo.setLongitude(longitude);
    geo.setAsn(asn);
    return geo;
  }
}
