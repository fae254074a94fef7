package dev.lockstep.enrichment.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.TestAddress;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.network.NetworkClass;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GeoDatabasesTest {

  private static final Address PARIS = TestAddress.of("5.6.7.8");

  @TempDir Path folder;

  private GeoDatabases cities(MmdbFile file) throws IOException, FileProblemException {
    return GeoDatabases.open(file.write(folder.resolve("city.mmdb")), null, null);
  }

  private GeoDatabases systems(MmdbFile file) throws IOException, FileProblemException {
    return GeoDatabases.open(null, file.write(folder.resolve("asn.mmdb")), null);
  }

  private static GeoEntry.City entry(
      @Nullable String country,
      @Nullable String city,
      @Nullable Coordinates coordinates,
      @Nullable Double accuracyKm) {
    return new GeoEntry.City(country, city, coordinates, accuracyKm);
  }

  @Test
  void reads_nestedRecords() throws Exception {
    try (GeoDatabases geo =
        cities(
            MmdbFile.ofIpv6("Test-City")
                .put(
                    "5.6.7.0/24",
                    Map.of(
                        "city", Map.of("names", Map.of("de", "Paris (dt.)", "en", "Paris")),
                        "country", Map.of("iso_code", "FR", "names", Map.of("en", "France")),
                        "location",
                            Map.of(
                                "accuracy_radius", 20, "latitude", 48.8566, "longitude", 2.3522)))
                .put("2a01::/32", Map.of("country", Map.of("iso_code", "FR"))))) {
      assertThat(geo.hasCity()).isTrue();
      assertThat(geo.hasAsn()).isFalse();
      assertThat(geo.city(PARIS))
          .isEqualTo(entry("FR", "Paris", new Coordinates(48.8566, 2.3522), 20.0));
      assertThat(geo.city(TestAddress.of("2a01::1"))).isEqualTo(entry("FR", null, null, null));
      assertThat(geo.city(TestAddress.of("5.6.8.1"))).isEqualTo(entry(null, null, null, null));
      assertThat(geo.system(PARIS)).isEqualTo(new GeoEntry.AutonomousSystem(null, null));
    }
  }

  @Test
  void reads_flatRecords_withNumbersOrTheirText() throws Exception {
    try (GeoDatabases geo =
        cities(
            MmdbFile.ofIpv4("test-flat")
                .put(
                    "5.6.7.0/24",
                    Map.of(
                        "country_code", "fr",
                        "city", "Paris",
                        "latitude", "48.8566",
                        "longitude", "2.3522"))
                .put("5.6.8.0/24", Map.of("country", "FR", "lat", 48.5, "lng", 2.5))
                .put("5.6.9.0/24", Map.of("country", "France", "city_name", "Lyon")))) {
      assertThat(geo.city(PARIS))
          .isEqualTo(entry("FR", "Paris", new Coordinates(48.8566, 2.3522), null));
      assertThat(geo.city(TestAddress.of("5.6.8.1")))
          .isEqualTo(entry("FR", null, new Coordinates(48.5, 2.5), null));
      assertThat(geo.city(TestAddress.of("5.6.9.1"))).isEqualTo(entry(null, "Lyon", null, null));
    }
  }

  @Test
  void takesAnotherLanguage_whereACityHasNoEnglishName() throws Exception {
    try (GeoDatabases geo =
        cities(
            MmdbFile.ofIpv6("Test-City")
                .put(
                    "5.6.7.0/24",
                    Map.of("city", Map.of("names", Map.of("fr", "Lyon", "de", "Lyon (dt.)")))))) {
      assertThat(geo.city(PARIS).city()).isEqualTo("Lyon (dt.)");
    }
  }

  @Test
  void knowsNoPlace_whereCoordinatesAreZeroOrHalfOrOffTheEarth() throws Exception {
    try (GeoDatabases geo =
        cities(
            MmdbFile.ofIpv4("test-flat")
                .put("5.6.7.0/24", Map.of("latitude", 0.0, "longitude", 0.0))
                .put("5.6.8.0/24", Map.of("latitude", 1.0))
                .put("5.6.9.0/24", Map.of("latitude", 91.0, "longitude", 1.0))
                .put("5.6.10.0/24", Map.of("latitude", Double.NaN, "longitude", 1.0))
                .put("5.6.11.0/24", Map.of("latitude", "unknown", "longitude", "1")))) {
      for (int third = 7; third <= 11; third++) {
        assertThat(geo.city(TestAddress.of("5.6." + third + ".1")).coordinates()).isNull();
      }
    }
  }

  @Test
  void reads_everyShapeOfAnAutonomousSystem() throws Exception {
    try (GeoDatabases geo =
        systems(
            MmdbFile.ofIpv6("Test-ASN")
                .put(
                    "5.6.7.0/24",
                    Map.of(
                        "autonomous_system_number",
                        64500L,
                        "autonomous_system_organization",
                        "Contoso"))
                .put("5.6.8.0/24", Map.of("asn", "AS64501", "as_name", "Fabrikam"))
                .put("5.6.9.0/24", Map.of("asn", 64502L, "name", "Tailspin"))
                .put("5.6.10.0/24", Map.of("asn", 0L, "name", " ")))) {
      assertThat(geo.hasAsn()).isTrue();
      assertThat(geo.system(PARIS)).isEqualTo(new GeoEntry.AutonomousSystem(64500L, "Contoso"));
      assertThat(geo.system(TestAddress.of("5.6.8.1")))
          .isEqualTo(new GeoEntry.AutonomousSystem(64501L, "Fabrikam"));
      assertThat(geo.system(TestAddress.of("5.6.9.1")))
          .isEqualTo(new GeoEntry.AutonomousSystem(64502L, "Tailspin"));
      assertThat(geo.system(TestAddress.of("5.6.10.1")))
          .isEqualTo(new GeoEntry.AutonomousSystem(null, null));
    }
  }

  @Test
  void neverAsksAnIpv4File_forAnIpv6Address() throws Exception {
    Map<String, ?> all = Map.of("country_code", "FR");
    try (GeoDatabases geo =
        cities(MmdbFile.ofIpv4("test-flat").put("0.0.0.0/1", all).put("128.0.0.0/1", all))) {
      assertThat(geo.city(PARIS).country()).isEqualTo("FR");
      assertThat(geo.city(TestAddress.of("2a01::1")).country()).isNull();
      assertThat(geo.city(TestAddress.of("::ffff:5.6.7.8")).country()).isEqualTo("FR");
    }
  }

  @Test
  void neverAsks_forASpecialAddress() throws Exception {
    Map<String, ?> all = Map.of("country_code", "FR");
    try (GeoDatabases geo =
        cities(MmdbFile.ofIpv6("test-flat").put("::/1", all).put("8000::/1", all))) {
      assertThat(geo.city(PARIS).country()).isEqualTo("FR");
      for (String special : new String[] {"10.0.0.1", "203.0.113.1", "::5.6.7.8", "fd00::1"}) {
        assertThat(geo.city(TestAddress.of(special)).country()).isNull();
      }
    }
  }

  @Test
  void refuses_aFileThatIsNone() throws IOException {
    Path text = Files.writeString(folder.resolve("city.mmdb"), "cidr,class\n");
    assertThatThrownBy(() -> GeoDatabases.open(text, null, null))
        .isInstanceOf(FileProblemException.class)
        .hasMessageStartingWith(
            "could not read GeoIP database: "
                + text
                + " is not a MaxMind DB file, or is damaged; ");
    Path empty = Files.write(folder.resolve("empty.mmdb"), new byte[0]);
    assertThatThrownBy(() -> GeoDatabases.open(null, empty, null))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("is not a MaxMind DB file");
    assertThatThrownBy(() -> GeoDatabases.open(folder.resolve("none.mmdb"), null, null))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("none.mmdb does not exist");
    assertThatThrownBy(() -> GeoDatabases.open(folder, null, null))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("is a folder");
  }

  @Test
  void refuses_theDatabasesTheWrongWayRound() throws IOException {
    Path city = MmdbFile.ofIpv6("GeoTest-City").write(folder.resolve("city.mmdb"));
    Path asn = MmdbFile.ofIpv6("GeoTest-ASN").write(folder.resolve("asn.mmdb"));
    assertThatThrownBy(() -> GeoDatabases.open(/* city= */ asn, /* asn= */ city, null))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("contains autonomous systems, not cities");
    assertThatThrownBy(() -> GeoDatabases.open(null, city, null))
        .isInstanceOf(FileProblemException.class)
        .hasMessageContaining("contains cities, not autonomous systems");
  }

  private @Nullable NetworkClass anonymiser(Map<String, ?> flags) throws Exception {
    Path file =
        MmdbFile.ofIpv6("Test-Anonymous-IP")
            .put("5.6.7.0/24", flags)
            .write(folder.resolve("anonymous.mmdb"));
    try (GeoDatabases geo = GeoDatabases.open(null, null, file)) {
      assertThat(geo.hasAnonymous()).isTrue();
      assertThat(geo.hasCity()).isFalse();
      assertThat(geo.anonymiser(TestAddress.of("5.6.8.1"))).isNull();
      return geo.anonymiser(PARIS);
    }
  }

  @Test
  void anExitOfWhateverKind_isAVpn_andAHostIsHosting() throws Exception {
    for (String flag :
        new String[] {
          "is_anonymous_vpn", "is_tor_exit_node", "is_public_proxy", "is_residential_proxy"
        }) {
      assertThat(anonymiser(Map.of("is_anonymous", true, flag, true))).isEqualTo(NetworkClass.VPN);
      assertThat(anonymiser(Map.of("is_hosting_provider", true, flag, true)))
          .isEqualTo(NetworkClass.VPN);
    }
    assertThat(anonymiser(Map.of("is_anonymous", true, "is_hosting_provider", true)))
        .isEqualTo(NetworkClass.HOSTING);
    assertThat(anonymiser(Map.of("is_anonymous", true))).isEqualTo(NetworkClass.VPN);
    assertThat(anonymiser(Map.of("is_anonymous", false, "is_tor_exit_node", false))).isNull();
    assertThat(anonymiser(Map.of("is_anonymous_vpn", "true"))).isNull();
  }

  @Test
  void refuses_anotherDatabaseForAnonymisers_andTheOtherWayRound() throws IOException {
    Path anonymous = MmdbFile.ofIpv6("Test-Anonymous-IP").write(folder.resolve("anonymous.mmdb"));
    Path city = MmdbFile.ofIpv6("Test-City").write(folder.resolve("city.mmdb"));
    Path asn = MmdbFile.ofIpv6("Test-ASN").write(folder.resolve("asn.mmdb"));
    Path other = MmdbFile.ofIpv6("Test-ISP").write(folder.resolve("isp.mmdb"));
    assertThatThrownBy(() -> GeoDatabases.open(anonymous, null, null))
        .isInstanceOf(FileProblemException.class)
        .hasMessage(
            "could not read GeoIP database: "
                + anonymous
                + " contains anonymisers, not cities; set geoip.anonymous to this file, and"
                + " geoip.city to a city database");
    assertThatThrownBy(() -> GeoDatabases.open(null, anonymous, null))
        .hasMessageContaining("contains anonymisers, not autonomous systems");
    assertThatThrownBy(() -> GeoDatabases.open(null, null, city))
        .hasMessageContaining("contains cities, not anonymisers; set geoip.city to this file, and");
    assertThatThrownBy(() -> GeoDatabases.open(null, null, asn))
        .hasMessageContaining("contains autonomous systems, not anonymisers");
    assertThatThrownBy(() -> GeoDatabases.open(null, null, other))
        .hasMessageContaining("is of the type 'Test-ISP', which does not list anonymisers;");
  }

  @Test
  void countsADamagedRecord_asAbsent() throws Exception {
    Path file =
        MmdbFile.ofIpv6("Test-City")
            .put("5.6.7.0/24", Map.of("country_code", "FR"))
            .write(folder.resolve("city.mmdb"));
    byte[] bytes = Files.readAllBytes(file);
    int data = indexOf(bytes, "country_code") - 2;
    bytes[data] = (byte) 0xFC;
    Files.write(file, bytes);
    try (GeoDatabases geo = GeoDatabases.open(file, null, null)) {
      assertThat(geo.city(PARIS).country()).isNull();
      assertThat(geo.unreadable()).isEqualTo(1);
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  @Test
  void refusesALookUp_onceClosed() throws Exception {
    GeoDatabases geo =
        cities(MmdbFile.ofIpv4("test").put("5.6.7.0/24", Map.of("country_code", "FR")));
    geo.close();
    assertThatThrownBy(() -> geo.city(PARIS)).isInstanceOf(IllegalStateException.class);
    GeoDatabases.none().close();
    assertThat(GeoDatabases.none().city(PARIS).country()).isNull();
  }
}
