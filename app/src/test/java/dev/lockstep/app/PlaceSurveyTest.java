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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceSurveyTest {
  private static final Place HAMBURG = new Place("DE", "Hamburg", 53.55, 9.99, 20);
  private static final Place MUNICH = new Place("DE", "Munich", 48.14, 11.58, 20);
  private static final Place LISBON = new Place("PT", "Lisbon", 38.72, -9.14, 20);
  private static final Place SINGAPORE = new Place("SG", "Singapore", 1.35, 103.82, 20);
  private static final Place ZURICH = new Place("CH", "Zurich", 47.38, 8.54, 20);
  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  private final PlaceSurvey survey = new PlaceSurvey();

  @TempDir Path folder;

  /** A user at nine on a day. */
  private void seen(
      long user, int day, String address, long asn, NetworkClass networkClass, Place place) {
    Address parsed = Objects.requireNonNull(Address.parse(address));
    Network network = new Network(asn, null, parsed.prefix(), place.country(), networkClass);
    survey.add(user, day * DAY + 9 * HOUR, new Location(parsed, place, network));
  }

  private void home(long user, int day, String address, Place place) {
    seen(user, day, address, 64_500, NetworkClass.UNKNOWN, place);
  }

  private void phone(long user, int day, Place gateway) {
    seen(user, day, "11.0.0.1", 64_510, NetworkClass.MOBILE, gateway);
  }

  private List<String> rows() {
    return survey.suggestions().stream().map(row -> row.cidr() + " " + row.place()).toList();
  }

  @Test
  void givesACarrierACountryWideRadius_whereItsPhonesAreFarFromTheirHomes() {
    for (int user = 0; user < 3; user++) {
      home(user, 1, "11.1." + user + ".1", HAMBURG);
      phone(user, 1, MUNICH);
    }
    List<NetworkSuggestion> rows = survey.suggestions();
    assertThat(rows).hasSize(1);
    NetworkSuggestion row = rows.get(0);
    assertThat(row.cidr()).isEqualTo("AS64510");
    assertThat(row.networkClass()).isNull();
    assertThat(row.place()).isEqualTo(new Place(null, null, 50.8, 10.8, 350));
    assertThat(row.numbers()).containsEntry("farUsers", 3).containsEntry("abroadUsers", 0);
  }

  @Test
  void letsACarrierBeAnywhere_whereSeveralOfItsPhonesRoam() {
    for (int user = 0; user < 3; user++) {
      home(user, 1, "11.1." + user + ".1", user == 0 ? HAMBURG : LISBON);
      phone(user, 1, MUNICH);
    }
    assertThat(rows()).containsExactly("AS64510 " + new Place(null, null, 48.1, 11.6, 20_040));
  }

  @Test
  void doesNotLetOneUserMakeACarrierRoam() {
    for (int user = 0; user < 3; user++) {
      home(user, 1, "11.1." + user + ".1", user == 0 ? LISBON : HAMBURG);
      phone(user, 1, MUNICH);
    }
    assertThat(survey.suggestions())
        .singleElement()
        .satisfies(
            row -> assertThat(Objects.requireNonNull(row.place()).accuracyKm()).isEqualTo(350));
  }

  @Test
  void suggestsNothing_forFewUsers_norForOtherHours_norForTheSameNetwork() {
    for (int user = 0; user < 2; user++) {
      home(user, 1, "11.1." + user + ".1", HAMBURG);
      phone(user, 1, MUNICH);
    }
    for (int user = 2; user < 9; user++) {
      home(user, 1, "11.1." + user + ".1", HAMBURG);
      phone(user, 2, MUNICH);
      seen(user, 2, "11.0.9.1", 64_510, NetworkClass.MOBILE, HAMBURG);
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void takesANetworkForAVpn_whoseExitsAreInManyCountries_whileItsUsersAreAtHome() {
    Place[] exits = {SINGAPORE, ZURICH, LISBON, SINGAPORE};
    for (int user = 0; user < 4; user++) {
      home(user, 1, "11.1." + user + ".1", HAMBURG);
      seen(user, 1, "11.2." + user + ".1", 64_520, NetworkClass.UNKNOWN, exits[user]);
    }
    assertThat(survey.suggestions())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.cidr()).isEqualTo("AS64520");
              assertThat(row.networkClass()).isEqualTo(NetworkClass.VPN);
              assertThat(row.place()).isNull();
            });
  }

  @Test
  void letsAChainBeAnywhere_thatLeavesByItsHeadOffice() {
    Place[] towns = {HAMBURG, MUNICH, SINGAPORE};
    for (int user = 0; user < 3; user++) {
      home(user, 1, "11.1." + user + ".1", towns[user]);
      seen(user, 1, "11.2.0.1", 64_530, NetworkClass.UNKNOWN, LISBON);
    }
    assertThat(rows()).containsExactly("AS64530 " + new Place(null, null, 38.7, -9.1, 20_040));
  }

  @Test
  void placesTheOddRangeOfAHome_withTheOther() {
    for (int day = 1; day <= 3; day++) {
      home(1, day, "11.1.1.1", HAMBURG);
      home(1, day, "3ffe:1:a01::1", MUNICH);
      home(2, day, "11.1.1.2", HAMBURG);
      home(2, day, "11.1.2.2", HAMBURG);
    }
    assertThat(rows())
        .containsExactly("3ffe:1:a01::/48 " + new Place("DE", "Hamburg", 53.55, 9.99, 50));
  }

  @Test
  void suggestsTheBlock_whereManyOfItAreMisplacedAlike_andNothingElseIsInIt() {
    for (int day = 1; day <= 3; day++) {
      for (int user = 0; user < 2; user++) {
        home(user, day, "11.1.1." + user, HAMBURG);
        home(user, day, "11.1.2." + user, HAMBURG);
        home(user, day, "3ffe:1:a0" + user + "::1", MUNICH);
      }
    }
    assertThat(rows())
        .containsExactly("3ffe:1:a00::/44 " + new Place("DE", "Hamburg", 53.55, 9.99, 50));
    home(7, 1, "3ffe:1:a05::1", SINGAPORE);
    assertThat(rows())
        .containsExactly("3ffe:1:a00::/47 " + new Place("DE", "Hamburg", 53.55, 9.99, 50));
  }

  @Test
  void suggestsNothing_forAHomeThatWasTwiceInTwoPlaces() {
    for (int day = 1; day <= 2; day++) {
      home(1, day, "11.1.1.1", HAMBURG);
      home(1, day, "3ffe:1:a01::1", MUNICH);
    }
    assertThat(rows()).isEmpty();
  }

  @Test
  void whatItWrites_isANetworksFile() throws Exception {
    for (int user = 0; user < 3; user++) {
      home(user, 1, "11.1." + user + ".1", HAMBURG);
      phone(user, 1, MUNICH);
    }
    String text = NetworksSuggestCommand.asFile(survey.suggestions());
    assertThat(text.strip()).endsWith("AS64510,,,,50.8,10.8,350");
    Networks.read(Files.writeString(folder.resolve("suggested.csv"), text));
  }
}
