package dev.lockstep.detections;

import static dev.lockstep.detections.ActivityBuilder.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ImpossibleTravel.Comparison;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.Stay;
import dev.lockstep.schemas.Where;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImpossibleTravelTest {
  private static final long NOON = at("2026-11-19T12:00:00Z");
  private static final long HOUR = 3_600_000;

  private final ImpossibleTravel rule = new ImpossibleTravel(RuleSettings.defaults().travel());

  /** A stay at one moment, some degrees east on the equator. */
  private static final class Somewhere {
    private final Stay stay;

    Somewhere(String address, double longitude, double accuracyKm, long at) {
      Cited cited =
          new Cited("SignInLogs", address + at, at, at, new Where("t", null, null, 0, 0L, 0));
      this.stay =
          new Stay(
              new Spot(
                  address,
                  address.substring(0, address.lastIndexOf('.')) + ".0/24",
                  null,
                  null,
                  null,
                  "unknown",
                  new PlaceSeen("C" + longitude, null, 0d, longitude, accuracyKm)),
              false,
              true,
              null,
              false,
              false,
              cited,
              cited);
    }

    Somewhere networkClass(String word) {
      stay.getSpot().setNetworkClass(word);
      return this;
    }

    Somewhere asn(long asn) {
      stay.getSpot().setAsn(asn);
      return this;
    }

    Somewhere device(@Nullable String id, boolean trusted) {
      stay.setDeviceId(id);
      stay.setTrustedDevice(trusted);
      return this;
    }

    Somewhere call() {
      stay.setApiCall(true);
      stay.setInteractive(false);
      return this;
    }

    Somewhere weak() {
      stay.setSingleFactor(true);
      return this;
    }

    Somewhere nonInteractive() {
      stay.setInteractive(false);
      return this;
    }
  }

  private static Somewhere here(long at) {
    return new Somewhere("192.0.2.1", 0, 0, at);
  }

  /** Some 2226 km from here. */
  private static Somewhere there(long at) {
    return new Somewhere("198.51.100.1", 20, 0, at);
  }

  private Comparison compare(Somewhere one, Somewhere other) {
    return compare(one, other, (place, day) -> 0);
  }

  private Comparison compare(
      Somewhere one, Somewhere other, ImpossibleTravel.CommuteReader commutes) {
    Comparison comparison = rule.compare(one.stay, other.stay, commutes);
    assertThat(rule.compare(other.stay, one.stay, commutes))
        .as("the other way round")
        .isEqualTo(comparison);
    return Objects.requireNonNull(comparison);
  }

  private static double kmEast(double degrees) {
    return GreatCircle.km(
        new PlaceSeen(null, null, 0d, 0d, 0d), new PlaceSeen(null, null, 0d, degrees, 0d));
  }

  @Test
  void measuresKnownDistances() {
    PlaceSeen london = new PlaceSeen(null, null, 51.5142, -0.0931, 0d);
    PlaceSeen newYork = new PlaceSeen(null, null, 40.7143, -74.006, 0d);
    assertThat(GreatCircle.km(london, newYork)).isBetween(5560d, 5580d);
    assertThat(GreatCircle.km(newYork, london)).isEqualTo(GreatCircle.km(london, newYork));
    assertThat(GreatCircle.km(london, london)).isZero();
    // Over the date line and to the antipodes.
    assertThat(kmEast(-179) - kmEast(179)).isCloseTo(0, within(1e-6));
    assertThat(kmEast(180)).isCloseTo(20_015.1, within(0.1));
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  @Test
  void fires_atExactly500Km_andNotBelow() {
    double km = kmEast(8); // 890 km
    Somewhere here = here(NOON);
    assertThat(compare(here, new Somewhere("198.51.100.1", 8, km - 500, NOON)).fires()).isTrue();
    assertThat(compare(here, new Somewhere("198.51.100.1", 8, km - 499.999, NOON)).fires())
        .isFalse();
  }

  @Test
  void subtractsBothRadii_andNeverGoesBelowZero() {
    Comparison pair =
        compare(
            new Somewhere("192.0.2.1", 0, 300, NOON), new Somewhere("198.51.100.1", 8, 400, NOON));
    assertThat(pair.effectiveKm()).isCloseTo(kmEast(8) - 700, within(1e-9));
    assertThat(pair.fires()).isFalse();
    assertThat(
            compare(
                    new Somewhere("192.0.2.1", 0, 500, NOON),
                    new Somewhere("198.51.100.1", 1, 500, NOON))
                .effectiveKm())
        .isZero();
  }

  @Test
  void fires_atExactly900KmAnHour_andNotBelow() {
    double km = kmEast(12); // 1334 km
    Somewhere far = new Somewhere("198.51.100.1", 12, km - 900, NOON + HOUR);
    Comparison exact = compare(here(NOON), far);
    assertThat(exact.speedKmh()).isEqualTo(900);
    assertThat(exact.fires()).isTrue();
    assertThat(compare(here(NOON - 1), far).fires()).isFalse();
  }

  @Test
  void takesAtLeastAMinute() {
    assertThat(compare(here(NOON), there(NOON)).speedKmh())
        .isEqualTo(compare(here(NOON), there(NOON + 60_000)).speedKmh());
    assertThat(compare(here(NOON), there(NOON + 90_000)).speedKmh())
        .isLessThan(compare(here(NOON), there(NOON)).speedKmh());
  }

  @Test
  void comparesUpTo24Hours() {
    RuleSettings.Travel slow = new RuleSettings.Travel(true, false, 500, 1, 24, 3, false);
    ImpossibleTravel patient = new ImpossibleTravel(slow);
    long day = 24 * HOUR;
    Stay here = here(NOON).stay;
    assertThat(patient.compare(here, there(NOON + day).stay, (place, on) -> 0))
        .returns(true, Comparison::fires);
    assertThat(patient.compare(here, there(NOON + day + 1).stay, (place, on) -> 0))
        .returns(false, Comparison::fires);
  }

  @Test
  void leavesOneAddressAlone() {
    assertThat(
            rule.compare(
                here(NOON).stay, new Somewhere("192.0.2.1", 90, 0, NOON).stay, (place, on) -> 0))
        .isNull();
  }

  @Test
  void belongsToTheDayOfTheLater() {
    long midnight = at("2026-11-20T00:00:00Z");
    assertThat(compare(here(midnight - 1), there(midnight)).day())
        .isEqualTo(ActivityBuilder.day("2026-11-20"));
    assertThat(compare(here(midnight - 2), there(midnight - 1)).day())
        .isEqualTo(ActivityBuilder.day("2026-11-19"));
  }

  @ParameterizedTest
  @CsvSource({"corporate,corporate-egress", "backend,backend"})
  void isQuiet_whereEitherSideIsOurs(String networkClass, String gate) {
    assertThat(compare(here(NOON).networkClass(networkClass), there(NOON)).quietBy())
        .containsExactly(gate);
    assertThat(compare(here(NOON), there(NOON).networkClass(networkClass)).quietBy())
        .containsExactly(gate);
  }

  @Test
  void isQuiet_onOneTrustedDevice() {
    assertThat(compare(here(NOON).device("d", true), there(NOON).device("d", false)).quietBy())
        .containsExactly("same-device");
    assertThat(compare(here(NOON).device("d", false), there(NOON).device("d", false)).fires())
        .isTrue();
    assertThat(compare(here(NOON).device("d", true), there(NOON).device("e", true)).fires())
        .isTrue();
    assertThat(compare(here(NOON).device(null, true), there(NOON).device(null, true)).fires())
        .isTrue();
  }

  @Test
  void isQuiet_withinOnePrefix() {
    assertThat(compare(here(NOON), new Somewhere("192.0.2.9", 20, 0, NOON)).quietBy())
        .containsExactly("same-network");
  }

  @ParameterizedTest
  @CsvSource({
    "mobile,true",
    "satellite,true",
    "vpn,false",
    "unknown,false",
    "hosting,false",
    "residential,false"
  })
  void isQuiet_withinOneAsn_ifEitherMovesAbout(String networkClass, boolean quiet) {
    Comparison pair = compare(here(NOON).asn(1).networkClass(networkClass), there(NOON).asn(1));
    assertThat(pair.quietBy().contains("same-network")).isEqualTo(quiet);
    assertThat(compare(here(NOON).asn(1).networkClass(networkClass), there(NOON).asn(2)).fires())
        .isTrue();
    assertThat(compare(here(NOON).networkClass(networkClass), there(NOON)).fires())
        .as("networks unknown")
        .isTrue();
  }

  @Test
  void isQuiet_betweenTwoCommutes() {
    assertThat(compare(here(NOON), there(NOON), (place, day) -> 3).quietBy())
        .containsExactly("known-commute");
    assertThat(compare(here(NOON), there(NOON), (place, day) -> 2).fires()).isTrue();
    PlaceKey known = PlaceKey.of("C0.0", null);
    assertThat(
            compare(here(NOON), there(NOON), (place, day) -> place.equals(known) ? 9 : 2).fires())
        .as("one of them is known")
        .isTrue();
  }

  @Test
  void isMedium_byItself() {
    assertThat(compare(here(NOON), there(NOON + HOUR)).severity()).isEqualTo(Severity.Medium);
  }

  @Test
  void isHigh_withAnApiCallOnEitherSide() {
    assertThat(compare(here(NOON).call(), there(NOON + HOUR)).severity()).isEqualTo(Severity.High);
    assertThat(compare(here(NOON), there(NOON + HOUR).call()).severity()).isEqualTo(Severity.High);
  }

  @Test
  void isHigh_whereTheLaterSignInIsWeak() {
    assertThat(compare(here(NOON), there(NOON + HOUR).weak()).severity()).isEqualTo(Severity.High);
    assertThat(compare(here(NOON).weak(), there(NOON + HOUR)).severity())
        .as("the earlier one")
        .isEqualTo(Severity.Medium);
    assertThat(compare(here(NOON).weak(), there(NOON)).severity())
        .as("either, at equal times")
        .isEqualTo(Severity.High);
    assertThat(compare(here(NOON), there(NOON + HOUR).weak().nonInteractive()).severity())
        .isEqualTo(Severity.Medium);
    assertThat(compare(here(NOON), there(NOON + HOUR).weak().device("d", true)).severity())
        .isEqualTo(Severity.Medium);
    assertThat(compare(here(NOON), there(NOON + HOUR).weak().device("d", false)).severity())
        .isEqualTo(Severity.High);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vpn", "satellite", "mobile"})
  void isOneLevelLower_onANetworkWhosePlaceIsVague(String networkClass) {
    assertThat(compare(here(NOON).networkClass(networkClass), there(NOON + HOUR)).severity())
        .isEqualTo(Severity.Low);
    assertThat(compare(here(NOON), there(NOON + HOUR).networkClass(networkClass)).severity())
        .isEqualTo(Severity.Low);
    assertThat(
            compare(here(NOON).networkClass(networkClass), there(NOON).networkClass("vpn"))
                .severity())
        .as("once, not twice")
        .isEqualTo(Severity.Low);
    assertThat(compare(here(NOON).call(), there(NOON + HOUR).networkClass(networkClass)).severity())
        .isEqualTo(Severity.Medium);
  }
}
