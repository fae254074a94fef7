package dev.lockstep.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.address.Address;
import dev.lockstep.enrichment.address.TestAddress;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.MmdbFile;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.geo.Provenance;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.network.NetworksFile;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.schemas.RecordGeo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnrichmentTest {

  private static final String HEADER =
      "cidr,class,country,city,latitude,longitude,accuracyKm,asn,organisation\n";

  /** In the databases: Paris with a radius, AS64510 of Database Telecom. */
  private static final Address PARIS = TestAddress.of("5.6.7.8");

  /** In the databases: a country without coordinates, no system. */
  private static final Address SOMEWHERE_IN_FRANCE = TestAddress.of("5.6.8.8");

  /** In the databases: coordinates without a city or a radius. */
  private static final Address MIDDLE_OF_NORWAY = TestAddress.of("2a02:cf40::1");

  private static final Address PRIVATE = TestAddress.of("10.1.2.3");

  @TempDir static Path folder;
  private static GeoDatabases geo = GeoDatabases.none();

  @BeforeAll
  static void writeDatabases() throws Exception {
    Path city =
        MmdbFile.ofIpv6("Test-City")
            .put(
                "5.6.7.0/24",
                Map.of(
                    "city", Map.of("names", Map.of("en", "Paris")),
                    "country", Map.of("iso_code", "FR"),
                    "location",
                        Map.of("accuracy_radius", 20, "latitude", 48.8566, "longitude", 2.3522)))
            .put("5.6.8.0/24", Map.of("country", Map.of("iso_code", "FR")))
            .put(
                "2a02:cf40::/29",
                Map.of(
                    "country", Map.of("iso_code", "NO"),
                    "location", Map.of("latitude", 62.0, "longitude", 10.0)))
            .write(folder.resolve("city.mmdb"));
    Path asn =
        MmdbFile.ofIpv6("Test-ASN")
            .put(
                "5.6.7.0/24",
                Map.of(
                    "autonomous_system_number",
                    64510L,
                    "autonomous_system_organization",
                    "Database Telecom"))
            .write(folder.resolve("asn.mmdb"));
    Path anonymous =
        MmdbFile.ofIpv6("Test-Anonymous-IP")
            .put("5.6.9.0/24", Map.of("is_anonymous", true, "is_tor_exit_node", true))
            .write(folder.resolve("anonymous.mmdb"));
    geo = GeoDatabases.open(city, asn, anonymous);
  }

  private static Location locate(String rows, Address address, @Nullable RecordGeo record)
      throws Exception {
    Networks networks = NetworksFile.parse("networks.csv", HEADER + rows);
    return Enrichment.of(networks, Partners.none(), geo).locate(address, record);
  }

  private static RecordGeo record(
      @Nullable String country,
      @Nullable String city,
      @Nullable Double latitude,
      @Nullable Double longitude,
      @Nullable Long asn) {
    RecordGeo.Builder record = RecordGeo.newBuilder();
    if (country != null) {
      record.setCountry(country);
    }
    if (city != null) {
      record.setCity(city);
    }
    if (latitude != null) {
      record.setLatitude(latitude);
    }
    if (longitude != null) {
      record.setLongitude(longitude);
    }
    if (asn != null) {
      record.setAsn(asn);
    }
    return record.build();
  }

  private static final RecordGeo SAYS_BERLIN = record("de", "Berlin", 52.52, 13.405, 64520L);

  @Test
  void theFile_goesBeforeTheRecord_andThatBeforeTheDatabases() throws Exception {
    String london = "5.6.7.0/24,corporate,GB,London,51.5142,-0.0931,5,64500,Contoso\n";
    assertThat(locate(london, PARIS, SAYS_BERLIN))
        .isEqualTo(
            new Location(
                PARIS,
                new Place("GB", "London", 51.5142, -0.0931, 5),
                new Network(64500L, "Contoso", "5.6.7.0/24", "GB", NetworkClass.CORPORATE)));
    assertThat(locate("", PARIS, SAYS_BERLIN))
        .isEqualTo(
            new Location(
                PARIS,
                new Place("DE", "Berlin", 52.52, 13.405, 50),
                new Network(64520L, null, "5.6.7.0/24", "DE", NetworkClass.UNKNOWN)));
    assertThat(locate("", PARIS, null))
        .isEqualTo(
            new Location(
                PARIS,
                new Place("FR", "Paris", 48.8566, 2.3522, 20),
                new Network(64510L, "Database Telecom", "5.6.7.0/24", "FR", NetworkClass.UNKNOWN)));
  }

  @Test
  void says_whoSaidEachPart() throws Exception {
    Path one = Files.writeString(folder.resolve("networks.csv"), HEADER + "5.6.7.0/24,,GB,,,,,,\n");
    Path other =
        Files.writeString(
            folder.resolve("clouds.csv"), "cidr,class,organisation\nAS64520,hosting,Some cloud\n");
    Networks networks = Networks.read(List.of(one, other));
    Enrichment enrichment = Enrichment.of(networks, Partners.none(), geo);

    Provenance said = enrichment.provenance(PARIS, SAYS_BERLIN);

    assertThat(said.location()).isEqualTo(enrichment.locate(PARIS, SAYS_BERLIN));
    assertThat(said.sources())
        .isEqualTo(
            Map.of(
                "class", "clouds.csv line 2",
                "asn", "the record",
                "organisation", "clouds.csv line 2",
                "country", "networks.csv line 2",
                "city", "the record",
                "coordinates", "the record"));
    assertThat(enrichment.provenance(PARIS, null).sources())
        .isEqualTo(
            Map.of(
                "asn", "the ASN database",
                "organisation", "the ASN database",
                "country", "networks.csv line 2",
                "city", "the city database",
                "coordinates", "the city database"));
    assertThat(enrichment.provenance(PRIVATE, null).sources()).isEmpty();
  }

  @Test
  void says_whichFileGaveTheCity_whereAnotherGaveTheCoordinates() throws Exception {
    Path city =
        Files.writeString(folder.resolve("cities.csv"), HEADER + "5.6.7.0/24,,,Lyon,,,,,\n");
    Path coordinates =
        Files.writeString(folder.resolve("places.csv"), HEADER + "5.6.0.0/16,,,,45.7,4.8,,,\n");
    assertThat(sources(PARIS, null, city, coordinates))
        .containsEntry("city", "cities.csv line 2")
        .containsEntry("coordinates", "places.csv line 2");
    assertThat(sources(PARIS, SAYS_BERLIN, city))
        .containsEntry("city", "cities.csv line 2")
        .containsEntry("coordinates", "the record");
    assertThat(sources(PARIS, null, city))
        .containsEntry("city", "cities.csv line 2")
        .containsEntry("coordinates", "the city database");
  }

  @Test
  void says_whatTheRowOfASystemGave_alsoWhereTheRecordSaysTheSame() throws Exception {
    Path systems =
        Files.writeString(
            folder.resolve("systems.csv"),
            HEADER + "AS64510,,,Lyon,,,,,\nAS64520,,DE,Berlin,,,,64520,Some cloud\n");
    assertThat(sources(PARIS, null, systems))
        .containsEntry("asn", "the ASN database")
        .containsEntry("organisation", "the ASN database")
        .containsEntry("city", "systems.csv line 2")
        .containsEntry("coordinates", "the city database");
    assertThat(sources(PARIS, SAYS_BERLIN, systems))
        .containsEntry("asn", "the record")
        .containsEntry("organisation", "systems.csv line 3")
        .containsEntry("country", "systems.csv line 3")
        .containsEntry("city", "systems.csv line 3")
        .containsEntry("coordinates", "the record");
  }

  private static Map<String, String> sources(
      Address address, @Nullable RecordGeo record, Path... files) throws Exception {
    Networks networks = Networks.read(List.of(files));
    return Enrichment.of(networks, Partners.none(), geo).provenance(address, record).sources();
  }

  @Test
  void theRadius_is500WhereNoCityIsKnown_unlessItsSourceSays() throws Exception {
    assertThat(locate("", MIDDLE_OF_NORWAY, null).place())
        .isEqualTo(new Place("NO", null, 62, 10, 500));
    assertThat(locate("", PARIS, record("DE", null, 51.0, 9.0, null)).place())
        .isEqualTo(new Place("DE", null, 51, 9, 500));
    assertThat(locate("203.0.113.0/24,,GB,London,51.5,-0.1,,,\n", address(), null).place())
        .isEqualTo(new Place("GB", "London", 51.5, -0.1, 50));
    assertThat(locate("203.0.113.0/24,,GB,,51.5,-0.1,,,\n", address(), null).place())
        .isEqualTo(new Place("GB", null, 51.5, -0.1, 500));
    assertThat(locate("203.0.113.0/24,,GB,,51.5,-0.1,0,,\n", address(), null).place())
        .isEqualTo(new Place("GB", null, 51.5, -0.1, 0));
  }

  private static Address address() {
    return TestAddress.of("203.0.113.9");
  }

  @Test
  void theFilesRadius_standsWithCoordinatesOfOthers() throws Exception {
    String vague = "5.6.7.0/24,,,,,,2000,,\n";
    assertThat(locate(vague, PARIS, null).place())
        .isEqualTo(new Place("FR", "Paris", 48.8566, 2.3522, 2000));
    assertThat(locate(vague, PARIS, SAYS_BERLIN).place().accuracyKm()).isEqualTo(2000);
    assertThat(locate("AS64510,,,,,,0,,\n", PARIS, null).place().accuracyKm()).isZero();
    assertThat(locate("", PARIS, SAYS_BERLIN).place().accuracyKm())
        .as("the database's radius goes with its own coordinates")
        .isEqualTo(50);
  }

  @Test
  void theFilesCountryAndCity_standWithCoordinatesOfOthers() throws Exception {
    Location location = locate("5.6.7.0/24,,BE,Brussels,,,,,\n", PARIS, null);
    assertThat(location.place()).isEqualTo(new Place("BE", "Brussels", 48.8566, 2.3522, 20));
    assertThat(location.network().country()).isEqualTo("BE");
  }

  @Test
  void zz_saysThatNoCountryIsKnown_whateverRecordAndDatabaseSay() throws Exception {
    for (String rows :
        List.of("5.6.7.0/24,,ZZ,,48.9,2.3,,,\n", "AS64510,,zz,,,,,,\nAS64520,,zz,,,,,,\n")) {
      for (RecordGeo record : new RecordGeo[] {null, SAYS_BERLIN}) {
        Location location = locate(rows, PARIS, record);
        assertThat(location.place().country()).isNull();
        assertThat(location.place().known()).isTrue();
        assertThat(location.network().country()).isNull();
      }
    }
    assertThat(locate("AS64510,,ZZ,,,,,,\n5.6.7.0/24,,BE,,,,,,\n", PARIS, null).network())
        .extracting(Network::country)
        .isEqualTo("BE");
  }

  @Test
  void emptyCellsOfARowWithCoordinates_areFilledFromTheRecord_thenTheDatabase() throws Exception {
    String row = "5.6.7.0/24,,,,48.9,2.3,,,\n";
    assertThat(locate(row, PARIS, record("BE", null, null, null, null)).place())
        .isEqualTo(new Place("BE", "Paris", 48.9, 2.3, 50));
    assertThat(locate(row, PARIS, null).place()).isEqualTo(new Place("FR", "Paris", 48.9, 2.3, 50));
  }

  @Test
  void theRecordsCity_isNotFilledFromTheDatabase() throws Exception {
    assertThat(locate("", PARIS, record(null, null, 52.5, 13.4, null)))
        .isEqualTo(
            new Location(
                PARIS,
                new Place(null, null, 52.5, 13.4, 500),
                new Network(64510L, "Database Telecom", "5.6.7.0/24", "FR", NetworkClass.UNKNOWN)));
  }

  @Test
  void coordinatesThatMeanUnknown_areLeftOut() throws Exception {
    for (RecordGeo useless :
        new RecordGeo[] {
          record(null, null, 0.0, 0.0, null),
          record(null, null, 52.5, null, null),
          record(null, null, null, 13.4, null),
          record(null, null, 90.5, 13.4, null),
          record(null, null, 52.5, 180.5, null),
          record(null, null, Double.NaN, 13.4, null),
          record(" ", " ", null, null, 0L),
        }) {
      assertThat(locate("", PARIS, useless)).isEqualTo(locate("", PARIS, null));
    }
  }

  @Test
  void aCountryWithoutCoordinates_countsForTheNetworkOnly() throws Exception {
    assertThat(locate("", SOMEWHERE_IN_FRANCE, null).place()).isEqualTo(Place.UNKNOWN);
    assertThat(locate("", SOMEWHERE_IN_FRANCE, null).network().country()).isEqualTo("FR");
    RecordGeo german = record("DE", "Berlin", null, null, null);
    assertThat(locate("", SOMEWHERE_IN_FRANCE, german).place().known()).isFalse();
    assertThat(locate("", SOMEWHERE_IN_FRANCE, german).network().country()).isEqualTo("DE");
    String row = "5.6.8.0/24,,GB,,,,,,\n";
    assertThat(locate(row, SOMEWHERE_IN_FRANCE, german).network().country()).isEqualTo("GB");
  }

  @Test
  void aSpecialAddress_isPlacedByFileOrRecordOnly() throws Exception {
    assertThat(locate("", PRIVATE, null).place()).isEqualTo(Place.UNKNOWN);
    assertThat(locate("", PRIVATE, SAYS_BERLIN).place().city()).isEqualTo("Berlin");
    assertThat(locate("10.0.0.0/8,,GB,London,51.5,-0.1,5,,\n", PRIVATE, null).place().city())
        .isEqualTo("London");
  }

  @Test
  void theRowOfTheSystem_fillsTheCellsThatTheRangeLeavesEmpty_whoeverNamedTheSystem()
      throws Exception {
    String systems =
        """
        AS64500,hosting,NL,Amsterdam,52.37,4.9,30,,Some cloud
        AS64510,mobile,,,,,,,Row of the database's
        AS64520,vpn,,,,,,,Row of the record's
        """;
    String byRange = systems + "5.6.7.0/24,,GB,,,,,64500,\n";
    assertThat(locate(byRange, PARIS, SAYS_BERLIN))
        .isEqualTo(
            new Location(
                PARIS,
                new Place("GB", "Amsterdam", 52.37, 4.9, 30),
                new Network(64500L, "Some cloud", "5.6.7.0/24", "GB", NetworkClass.HOSTING)));
    assertThat(locate(systems, PARIS, SAYS_BERLIN).network())
        .isEqualTo(
            new Network(64520L, "Row of the record's", "5.6.7.0/24", "DE", NetworkClass.VPN));
    assertThat(locate(systems, PARIS, null).network())
        .isEqualTo(
            new Network(64510L, "Row of the database's", "5.6.7.0/24", "FR", NetworkClass.MOBILE));
    String unknown = systems + "5.6.7.0/24,unknown,,,,,,64500,\n";
    assertThat(locate(unknown, PARIS, null).network().networkClass())
        .isEqualTo(NetworkClass.UNKNOWN);
  }

  @Test
  void theRowOfTheSystem_placesWhatRecordAndDatabasePlaceOtherwise_withTheirCountry()
      throws Exception {
    String carriers =
        """
        AS64510,mobile,,,51.2,10.4,800,,
        AS64520,mobile,,,51.2,10.4,20040,,
        """;
    assertThat(locate(carriers, PARIS, SAYS_BERLIN).place())
        .isEqualTo(new Place("DE", "Berlin", 51.2, 10.4, 20_040));
    assertThat(locate(carriers, PARIS, null).place())
        .satisfies(
            place -> {
              assertThat(place.country()).isEqualTo("FR");
              assertThat(place.latitude()).isEqualTo(51.2);
              assertThat(place.accuracyKm()).isEqualTo(800);
            });
    assertThat(locate(carriers + "5.6.7.0/24,,,,48.8,2.3,25,,\n", PARIS, SAYS_BERLIN).place())
        .isEqualTo(new Place("DE", "Berlin", 48.8, 2.3, 25));
  }

  /** In the databases: an exit of Tor. */
  private static final Address EXIT = TestAddress.of("5.6.9.8");

  private static final RecordGeo SAYS_HETZNER = record("DE", null, null, null, 24940L);

  private static Network network(String rows, RecordGeo record) throws Exception {
    Networks networks = NetworksFile.parse("networks.csv", HEADER + rows).withBundledProviders();
    return Enrichment.of(networks, Partners.none(), geo).locate(EXIT, record).network();
  }

  @Test
  void theClass_isTheFilesRange_thenItsSystem_thenTheAnonymisers_thenTheBundledList()
      throws Exception {
    String range = "5.6.9.0/24,mobile,,,,,,,\n";
    String system = "AS24940,corporate,,,,,,,\n";
    assertThat(network(range + system, SAYS_HETZNER).networkClass()).isEqualTo(NetworkClass.MOBILE);
    assertThat(network("5.6.9.0/24,,GB,,,,,,\n" + system, SAYS_HETZNER).networkClass())
        .isEqualTo(NetworkClass.CORPORATE);
    assertThat(network("5.6.9.0/24,,GB,,,,,,\n", SAYS_HETZNER).networkClass())
        .isEqualTo(NetworkClass.VPN);
    assertThat(network("AS24940,unknown,,,,,,,\n", SAYS_HETZNER).networkClass())
        .isEqualTo(NetworkClass.UNKNOWN);
    Networks bundled = Networks.none().withBundledProviders();
    Enrichment withoutDatabases = Enrichment.of(bundled, Partners.none(), GeoDatabases.none());
    assertThat(withoutDatabases.locate(EXIT, SAYS_HETZNER).network())
        .isEqualTo(new Network(24940L, "Hetzner Online", "5.6.9.0/24", "DE", NetworkClass.HOSTING));
    assertThat(withoutDatabases.locate(EXIT, SAYS_BERLIN).network().networkClass())
        .isEqualTo(NetworkClass.UNKNOWN);
    assertThat(Enrichment.none().locate(EXIT, SAYS_HETZNER).network().networkClass())
        .isEqualTo(NetworkClass.UNKNOWN);
  }

  @Test
  void theBundledList_namesAnOrganisation_onlyWhereNothingElseDoes() throws Exception {
    assertThat(network("", SAYS_HETZNER).organisation()).isEqualTo("Hetzner Online");
    assertThat(network("AS24940,,,,,,,,Our own machines\n", SAYS_HETZNER).organisation())
        .isEqualTo("Our own machines");
    assertThat(network("", SAYS_HETZNER).country()).isEqualTo("DE");
  }

  @Test
  void shorterRanges_neverFill() throws Exception {
    String rows = "5.6.0.0/16,hosting,GB,London,51.5,-0.1,5,64500,Contoso\n5.6.7.0/24,,,,,,,,\n";
    assertThat(locate(rows, PARIS, null)).isEqualTo(locate("", PARIS, null));
  }

  @Test
  void theDatabasesOrganisation_isNotGivenToAnotherSystem() throws Exception {
    assertThat(locate("5.6.7.0/24,,,,,,,64500,\n", PARIS, null).network())
        .isEqualTo(new Network(64500L, null, "5.6.7.0/24", "FR", NetworkClass.UNKNOWN));
    assertThat(locate("5.6.7.0/24,,,,,,,64510,\n", PARIS, null).network().organisation())
        .isEqualTo("Database Telecom");
  }

  @Test
  void oneAddress_mayBePlacedDifferentlyByTwoRecords() throws Exception {
    Enrichment enrichment = Enrichment.of(Networks.none(), Partners.none(), geo);
    for (int turn = 0; turn < 2; turn++) {
      assertThat(enrichment.locate(PARIS, SAYS_BERLIN).place().city()).isEqualTo("Berlin");
      assertThat(enrichment.locate(PARIS, null).place().city()).isEqualTo("Paris");
    }
  }

  @Test
  void withoutFilesAndDatabases_onlyTheRecordSpeaks() {
    assertThat(Enrichment.none().locate(PARIS, null).place()).isEqualTo(Place.UNKNOWN);
    assertThat(Enrichment.none().locate(PARIS, SAYS_BERLIN).place().city()).isEqualTo("Berlin");
    assertThat(Enrichment.none().partners().all()).isEmpty();
  }
}
