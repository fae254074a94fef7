package dev.lockstep.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Location;
import dev.lockstep.enrichment.Network;
import dev.lockstep.enrichment.NetworkClass;
import dev.lockstep.enrichment.Networks;
import dev.lockstep.enrichment.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceSurveyTest {
  private static final Place HAMBURG = new Place("DE", "Hamburg", 53.55, 9.99, 20);
  private static final Place MUNICH = new Place("DE", "Munich", 48.14, 11.58, 20);
  private static final Place GERMANY = new Place("DE", null, 51.1, 10.4, 20);
  private static final Place LISBON = new Place("PT", "Lisbon", 38.72, -9.14, 20);
  private static final Place SINGAPORE = new Place("SG", "Singapore", 1.35, 103.82, 20);
  private static final Place ZURICH = new Place("CH", "Zurich", 47.38, 8.54, 20);
  private static final double NINE = 9;
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;
  private static final boolean OWN = true;
  private static final boolean SOME = false;

  private final PlaceSurvey survey = new PlaceSurvey();

  @TempDir Path folder;

  /** A user at an hour of a day, with the laptop of theirs that is managed, or with some device. */
  private void seen(
      long user,
      boolean own,
      int day,
      double hour,
      String address,
      long asn,
      NetworkClass networkClass,
      Place place) {
    Address parsed = Objects.requireNonNull(Address.parse(address));
    Network network = new Network(asn, null, parsed.prefix(), place.country(), networkClass);
    long at = day * DAY + Math.round(hour * HOUR);
    survey.add(user, own ? 1000 + user : 0, at, new Location(parsed, place, network));
  }

  private void home(long user, boolean own, int day, String address, Place place) {
    seen(user, own, day, NINE, address, 64_500, NetworkClass.UNKNOWN, place);
  }

  private void phone(long user, boolean own, int day, Place gateway) {
    seen(user, own, day, NINE, "11.0.0.1", 64_510, NetworkClass.MOBILE, gateway);
  }

  private void egress(long user, int day, double hour, String address, Place place) {
    seen(user, OWN, day, hour, address, 64_499, NetworkClass.CORPORATE, place);
  }

  private void vpn(long user, int day, NetworkClass named, Place exit) {
    seen(user, SOME, day, NINE, "11.2." + user + ".1", 64_520, named, exit);
  }

  private List<String> rows() {
    return survey.suggestions().stream().map(row -> row.cidr() + " " + row.place()).toList();
  }

  private static Place anywhere(@Nullable String country, double latitude, double longitude) {
    return new Place(country, null, latitude, longitude, 20_040);
  }

  @Test
  void givesACarrierACountryWideRadius_whereTwoDevicesOfOursAreFarFromTheirHomes() {
    for (int user = 0; user < 2; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", HAMBURG);
      phone(user, OWN, 1, MUNICH);
    }
    List<NetworkSuggestion> rows = survey.suggestions();
    assertThat(rows).hasSize(1);
    NetworkSuggestion row = rows.get(0);
    assertThat(row.cidr()).isEqualTo("AS64510");
    assertThat(row.networkClass()).isNull();
    assertThat(row.place()).isEqualTo(new Place(null, null, 50.8, 10.8, 350));
    assertThat(row.numbers())
        .containsEntry("farUsers", 2)
        .containsEntry("provenUsers", 2)
        .containsEntry("abroadUsers", 0);
  }

  @Test
  void letsACarrierBeAnywhere_andInNoCountry_whereTwoDevicesOfOursRoam() {
    for (int user = 0; user < 2; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", LISBON);
      phone(user, OWN, 1, MUNICH);
    }
    assertThat(rows()).containsExactly("AS64510 " + anywhere("ZZ", 48.1, 11.6));
  }

  @Test
  void leavesACarrierItsCountry_whereOneDeviceRoams() {
    for (int user = 0; user < 3; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", user == 0 ? LISBON : HAMBURG);
      phone(user, OWN, 1, MUNICH);
    }
    assertThat(rows()).containsExactly("AS64510 " + anywhere(null, 48.1, 11.6));
  }

  @Test
  void letsAllCarriersBeAnywhere_whereTwoAreProvenTo() {
    for (int user = 0; user < 4; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", LISBON);
      seen(user, OWN, 1, NINE, "11.0.0.1", 64_510 + user / 2, NetworkClass.MOBILE, MUNICH);
    }
    for (int user = 5; user < 7; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", HAMBURG);
      seen(user, OWN, 1, NINE, "11.0.7.1", 64_517, NetworkClass.MOBILE, MUNICH);
    }
    for (int user = 20; user < 29; user++) {
      seen(user, user < 22, 1, NINE, "11.0.6.1", 64_516, NetworkClass.MOBILE, ZURICH); // no: two
      seen(user, user < 23, 1, NINE, "11.0.5.1", 64_515, NetworkClass.MOBILE, ZURICH);
    }
    seen(9, OWN, 1, NINE, "11.0.9.1", 64_519, NetworkClass.SATELLITE, ZURICH);
    seen(9, SOME, 1, NINE, "11.0.8.1", 64_518, NetworkClass.UNKNOWN, ZURICH);
    assertThat(rows())
        .containsExactlyInAnyOrder(
            "AS64510 " + anywhere("ZZ", 48.1, 11.6),
            "AS64511 " + anywhere("ZZ", 48.1, 11.6),
            "AS64515 " + anywhere("ZZ", 47.4, 8.5),
            "AS64517 " + anywhere("ZZ", 48.1, 11.6),
            "AS64519 " + anywhere("ZZ", 47.4, 8.5));
  }

  @Test
  void suggestsNothing_forFourVictimsOfAThief_howeverOften() {
    for (int day = 1; day <= 9; day++) {
      for (int user = 0; user < 4; user++) {
        home(user, OWN, day, "11.1." + user + ".1", HAMBURG);
        phone(user, SOME, day, SINGAPORE);
        Place[] exits = {SINGAPORE, ZURICH, LISBON, SINGAPORE};
        vpn(user, day, NetworkClass.VPN, exits[user]);
        seen(user, SOME, day, 10, "11.3." + user + ".1", 64_530, NetworkClass.UNKNOWN, exits[user]);
      }
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void suggestsNothing_forManyVictimsOfAThief_whoSitsInOneCountry_orRentsAServer() {
    for (int day = 1; day <= 9; day++) {
      for (int user = 0; user < 40; user++) {
        home(user, OWN, day, "11.1." + user + ".1", user % 2 == 0 ? HAMBURG : MUNICH);
        seen(user, SOME, day, NINE, "11.3.0.1", 64_530, NetworkClass.UNKNOWN, SINGAPORE);
        seen(user, SOME, day, NINE, "11.4.0.1", 64_540, NetworkClass.HOSTING, LISBON);
      }
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void suggestsNothing_forOneDayWithoutADevice() {
    for (int user = 0; user < 9; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", HAMBURG);
      phone(user, SOME, 1, MUNICH);
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void takesOneDevice_whereThreeUsersAreFarOff_andNotWithFewer() {
    for (int user = 0; user < 3; user++) {
      assertThat(rows()).isEmpty();
      home(user, OWN, 1, "11.1." + user + ".1", HAMBURG);
      phone(user, user == 0, 1, MUNICH);
    }
    assertThat(rows()).hasSize(1);
  }

  @Test
  void suggestsNothing_whereSomebodyMayHaveTravelled() {
    for (int user = 0; user < 9; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", HAMBURG);
      seen(user, OWN, 1, 10, "11.0.0.1", 64_510, NetworkClass.MOBILE, MUNICH);
      seen(user, OWN, 1, 16, "11.0.9.1", 64_511, NetworkClass.UNKNOWN, LISBON);
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void takesANetworkForAVpn_whoseExitsAreInManyCountries_whereFiveAreElsewhereOnTwoDays() {
    Place[] exits = {SINGAPORE, ZURICH, LISBON, SINGAPORE, SINGAPORE};
    for (int user = 0; user < 5; user++) {
      for (int day = 1; day <= 2; day++) {
        home(user, OWN, day, "11.1." + user + ".1", HAMBURG);
        vpn(user, day, NetworkClass.UNKNOWN, exits[user]);
      }
    }
    assertThat(survey.suggestions())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.cidr()).isEqualTo("AS64520");
              assertThat(row.networkClass()).isEqualTo(NetworkClass.VPN);
              assertThat(row.place()).isEqualTo(anywhere(null, 24.4, 47.3));
              assertThat(row.numbers()).containsEntry("provenUsers", 0);
            });
  }

  @Test
  void givesAVpnARadius_whoseClassIsKnown() {
    for (int user = 0; user < 5; user++) {
      for (int day = 1; day <= 2; day++) {
        home(user, OWN, day, "11.1." + user + ".1", HAMBURG);
        vpn(user, day, NetworkClass.VPN, SINGAPORE);
      }
    }
    assertThat(survey.suggestions())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.networkClass()).isNull();
              assertThat(row.place()).isEqualTo(anywhere(null, 1.4, 103.8));
            });
  }

  @Test
  void letsAChainBeAnywhere_thatLeavesByItsHeadOffice_hoursAfterItsGuestsWereInTown() {
    Place[] towns = {HAMBURG, SINGAPORE};
    for (int user = 0; user < 2; user++) {
      seen(user, OWN, 1, 17, "11.1." + user + ".1", 64_500, NetworkClass.UNKNOWN, towns[user]);
      seen(user, OWN, 1, 19, "11.2.0.1", 64_530, NetworkClass.UNKNOWN, LISBON);
    }
    assertThat(rows()).containsExactly("AS64530 " + anywhere("ZZ", 38.7, -9.1));
  }

  @Test
  void movesTheRangeOfAHome_thatItsUsersOfficeIsNotBeside() {
    for (int day = 1; day <= 3; day++) {
      for (int user = 0; user < 4; user++) {
        home(user, OWN, day, "11.1.1." + user, MUNICH);
        home(user, OWN, day, "3ffe:1:a0" + user + "::1", HAMBURG);
        egress(user, day, 10, "11.9.1.1", MUNICH);
      }
      // The same owner has homes in Hamburg, which are right: that is no word for the others.
      home(7, OWN, day, "11.1.2.1", HAMBURG);
      home(7, OWN, day, "3ffe:1:b00::1", HAMBURG);
      home(8, OWN, day, "11.1.2.1", HAMBURG);
    }
    assertThat(rows()).hasSize(1).allMatch(row -> row.startsWith("3ffe:1:a00::/"));
    assertThat(survey.suggestions().get(0).place())
        .isEqualTo(new Place("DE", "Munich", 48.14, 11.58, 50));
  }

  @Test
  void doesNotTakeAVpnsEgressForAnOffice() {
    for (int day = 1; day <= 3; day++) {
      for (int user = 0; user < 4; user++) {
        home(user, OWN, day, "11.1.1." + user, MUNICH);
        home(user, OWN, day, "3ffe:1:a0" + user + "::1", HAMBURG);
        egress(user, day, NINE, "11.9.2.1", HAMBURG);
      }
    }
    assertThat(rows())
        .containsExactlyInAnyOrder(
            "11.1.1.0/24 " + new Place("DE", "Munich", 48.14, 11.58, 650),
            "3ffe:1:a00::/44 " + new Place("DE", "Hamburg", 53.55, 9.99, 650));
  }

  @Test
  void widensBothRanges_whereItCannotTellWhichIsWrong() {
    for (int day = 1; day <= 3; day++) {
      home(1, OWN, day, "11.1.1.1", HAMBURG);
      home(1, OWN, day, "3ffe:1:a01::1", LISBON);
    }
    assertThat(rows())
        .containsExactlyInAnyOrder(
            "11.1.1.0/24 " + new Place("ZZ", "Hamburg", 53.55, 9.99, 2200),
            "3ffe:1:a01::/48 " + new Place("ZZ", "Lisbon", 38.72, -9.14, 2200));
    assertThat(survey.suggestions()).allMatch(row -> row.why().contains("holds both"));
  }

  @Test
  void widensOnlyTheRange_ofWhichNoTownIsSaid() {
    for (int day = 1; day <= 3; day++) {
      home(1, OWN, day, "11.1.1.1", GERMANY);
      home(1, OWN, day, "3ffe:1:a01::1", LISBON);
    }
    assertThat(rows()).containsExactly("11.1.1.0/24 " + new Place("ZZ", null, 51.1, 10.4, 2100));
  }

  @Test
  void believesTheOtherRangesOfAHome_whereOneIsOdd() {
    for (int day = 1; day <= 3; day++) {
      for (int user = 0; user < 2; user++) {
        home(user, OWN, day, "11.1.1." + user, HAMBURG);
        home(user, OWN, day, "11.1.2." + user, HAMBURG);
        home(user, OWN, day, "3ffe:1:a0" + user + "::1", MUNICH);
      }
    }
    assertThat(rows())
        .containsExactly("3ffe:1:a00::/44 " + new Place("DE", "Hamburg", 53.55, 9.99, 50));
    home(7, OWN, 1, "3ffe:1:a05::1", SINGAPORE);
    assertThat(rows())
        .containsExactly("3ffe:1:a00::/47 " + new Place("DE", "Hamburg", 53.55, 9.99, 50));
  }

  @Test
  void suggestsNothing_forSomebodyWhoSignsInBesideTheirVictims() {
    for (int day = 1; day <= 9; day++) {
      for (int user = 0; user < 9; user++) {
        home(user, OWN, day, "11.1.1." + user, HAMBURG);
        home(user, SOME, day, "3ffe:1:a01::1", MUNICH);
      }
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void suggestsNothing_forSomebodyWhoSignsInFromARange_thatIsPlacedTwice() {
    for (int day = 1; day <= 9; day++) {
      home(1, OWN, day, "11.1.1.1", HAMBURG);
      home(2, OWN, day, "11.1.2.1", HAMBURG);
      home(1, OWN, day, "11.1.2.2", HAMBURG);
      home(1, SOME, day, "11.3.0.1", SINGAPORE);
      home(1, SOME, day, "11.3.0.1", ZURICH);
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void movesARange_ofWhichADatabaseSaysSomethingElse_whereADeviceWasAtBoth() {
    for (int day = 1; day <= 3; day++) {
      for (int user = 0; user < 2; user++) {
        home(user, OWN, day, "11.1.1." + user, HAMBURG);
        home(user, OWN, day, "11.1.2." + user, HAMBURG);
        home(user, OWN, day, "3ffe:1:a01::1", HAMBURG);
        home(user, SOME, day, "3ffe:1:a01::1", SINGAPORE); // a call, which names no device
      }
    }
    assertThat(rows())
        .containsExactly("3ffe:1:a01::/48 " + new Place("DE", "Hamburg", 53.55, 9.99, 50));
  }

  @Test
  void suggestsNothing_forAHomeThatWasInTwoPlacesOnOneDay() {
    home(1, OWN, 1, "11.1.1.1", HAMBURG);
    home(1, OWN, 1, "3ffe:1:a01::1", MUNICH);
    assertThat(rows()).isEmpty();
  }

  @Test
  void whatItWrites_isANetworksFile() throws Exception {
    for (int user = 0; user < 2; user++) {
      home(user, OWN, 1, "11.1." + user + ".1", LISBON);
      phone(user, OWN, 1, MUNICH);
    }
    String text = NetworksSuggestCommand.asFile(survey.suggestions());
    assertThat(text.strip()).endsWith("AS64510,,\"ZZ\",,48.1,11.6,20040");
    Networks.read(Files.writeString(folder.resolve("suggested.csv"), text));
  }
}
