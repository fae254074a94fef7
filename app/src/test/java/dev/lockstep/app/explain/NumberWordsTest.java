package dev.lockstep.app.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.rules.Subject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Promises of the words for a gate's numbers: units by name, limits last, known ids left out. */
class NumberWordsTest {
  private static final List<Subject> KNOWN =
      List.of(new Subject(Subject.Kind.PRINCIPAL, "a0d8"), new Subject(Subject.Kind.TOKEN, "t-1"));

  private static String of(Map<String, Object> numbers) {
    return NumberWords.of("same-device", numbers, KNOWN);
  }

  @Test
  void saysUnits_fromTheNames() {
    assertThat(of(Map.of("distanceKm", 10_146.7))).isEqualTo("distance 10,146.7 km");
    assertThat(of(Map.of("speedKmh", 900.0))).isEqualTo("speed 900 km/h");
    assertThat(of(Map.of("secondsBetween", 660.0))).isEqualTo("11 min apart");
    assertThat(of(Map.of("hoursBetween", 24.0))).isEqualTo("24 h apart");
    assertThat(of(Map.of("days", 7.0))).isEqualTo("7 days");
    assertThat(of(Map.of("closedDays", 1.0))).isEqualTo("closed 1 day");
    assertThat(of(Map.of("daysSeen", 3.0))).isEqualTo("seen 3 days");
    assertThat(of(Map.of("accounts", 2.0))).isEqualTo("accounts 2");
  }

  @Test
  void saysPartsOfAnHour_inWholeMinutes() {
    assertThat(of(Map.of("hoursBetween", 0.18))).isEqualTo("11 min apart");
    assertThat(of(Map.of("hoursBetween", 0.01))).isEqualTo("1 min apart");
    assertThat(of(Map.of("hoursBetween", 1.58))).isEqualTo("1 h 35 min apart");
    assertThat(of(Map.of("hoursBetween", 47.98, "limitHours", 48.0)))
        .isEqualTo("47 h 59 min apart; limit 48 h");
  }

  @Test
  void saysOnWhichSideOfALimitANumberIs_thatIsWrittenLikeIt() {
    assertThat(of(Map.of("hoursBetween", 24.0000003, "limitHours", 24.0)))
        .isEqualTo("just over 24 h apart; limit 24 h");
    assertThat(of(Map.of("speedKmh", 899.97, "limitKmh", 900.0)))
        .isEqualTo("speed just under 900 km/h; limit 900 km/h");
    assertThat(of(Map.of("speedKmh", 899.6, "limitKmh", 900.0)))
        .isEqualTo("speed 899.6 km/h; limit 900 km/h");
    assertThat(of(Map.of("speedKmh", 900.0, "limitKmh", 900.0)))
        .isEqualTo("speed 900 km/h; limit 900 km/h");
  }

  @Test
  void saysThatANetworkIsNotKnown_orWhatItIsKnownBy() {
    assertThat(of(Map.of("known", "no", "network", "AS64527/FI")))
        .isEqualTo("not known, network AS64527/FI");
    assertThat(of(Map.of("known", "no, since it was hosting")))
        .isEqualTo("not known, since it was hosting");
    assertThat(of(Map.of("known", "registry"))).isEqualTo("known registry");
  }

  @Test
  void saysLimitsLast() {
    assertThat(of(Map.of("limitKm", 500.0, "effectiveKm", 12.0)))
        .isEqualTo("effective 12 km; limit 500 km");
    assertThat(of(Map.of("needsDays", 7.0))).isEqualTo("needs 7 days");
    assertThat(of(Map.of())).isEmpty();
  }

  @Test
  void saysALimitWithoutAUnit_inTheUnitOfTheOnlyOtherNumber() {
    assertThat(of(Map.of("days", 14.0, "needs", 14.0))).isEqualTo("14 days; needs 14 days");
    assertThat(of(Map.of("days", 14.0, "minutes", 2.0, "needs", 14.0)))
        .isEqualTo("14 days, 2 min; needs 14");
    assertThat(of(Map.of("accounts", 2.0, "needs", 20.0))).isEqualTo("accounts 2; needs 20");
  }

  @Test
  void saysANumberThatIsNamedAsTheGate_firstAndWithoutItsName() {
    assertThat(
            NumberWords.of(
                "distance",
                Map.of("distanceKm", 10_146.7, "centreKm", 3.0, "limitKm", 500.0),
                KNOWN))
        .isEqualTo("10,146.7 km, centre 3 km; limit 500 km");
    assertThat(
            NumberWords.of("speed", Map.of("secondsBetween", 660.0, "speedKmh", 54_937.0), KNOWN))
        .isEqualTo("54,937 km/h, 11 min apart");
    assertThat(NumberWords.of("speed", Map.of("speedKmh", 899.97, "limitKmh", 900.0), KNOWN))
        .isEqualTo("just under 900 km/h; limit 900 km/h");
  }

  @Test
  void saysWordsAndTruth_asTheyAre() {
    assertThat(of(Map.of("earlierClass", "vpn"))).isEqualTo("earlier class vpn");
    assertThat(of(Map.of("isShared", true))).isEqualTo("is shared true");
  }

  @Test
  void saysLinesNamesOfApisAndNumbersOfReasons_asPhrases() {
    assertThat(of(Map.of("line", "two networks, one of them a VPN", "reasons", 1.0)))
        .isEqualTo("two networks, one of them a VPN, 1 reason to fire");
    assertThat(of(Map.of("reasons", 2.0))).isEqualTo("2 reasons to fire");
    assertThat(of(Map.of("api", "reports"))).isEqualTo("api \"reports\"");
  }

  @Test
  void leavesOutAnIdThatTheReaderKnows_orNamesItsKind() {
    assertThat(of(Map.of("token", "t-1"))).isEmpty();
    assertThat(of(Map.of("earlierOid", "a0d8"))).isEqualTo("earlier oid this principal");
  }
}
