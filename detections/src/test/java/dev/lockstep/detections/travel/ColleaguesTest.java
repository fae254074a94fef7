package dev.lockstep.detections.travel;

import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Findings between places at which colleagues regularly are. */
final class ColleaguesTest {
  private static final RuleNumbers NUMBERS = RuleNumbers.atOnce().only("impossible-travel");
  private static final LocalDate DAY = LocalDate.parse("2026-11-19");
  private static final String LONDON = "10.1.0.";
  private static final String NEW_YORK = "10.2.0.";
  private static final String TOKYO = "10.11.0.";
  private static final String TUNNEL = "10.4.0.";
  private static final List<String> COUNTRIES = List.of("DE", "FR", "IT", "ES", "PT");
  private static final int[] FIVE_DAYS = {2, 3, 4, 5, 30};

  private final LocalRun run = new LocalRun(NUMBERS);

  private static ActivityBuilder at(String user, int daysBefore, String time, String network) {
    int host = 1 + Math.floorMod(user.hashCode(), 200);
    return signIn(user, DAY.minusDays(daysBefore) + "T" + time + "Z").from(network + host);
  }

  /** Sees users at a place on some days before the day that is judged. */
  private static void regulars(
      LocalRun run, int users, String time, String network, int... daysBefore) {
    for (int days : daysBefore) {
      for (int user = 0; user < users; user++) {
        run.see(at("user-" + user, days, time, network));
      }
    }
  }

  /** Sees users in London in the morning and in New York in the evening of some days. */
  private static void regulars(LocalRun run, int users, int... daysBefore) {
    regulars(run, users, "01:00:00", LONDON, daysBefore);
    regulars(run, users, "13:00:00", NEW_YORK, daysBefore);
  }

  private static void hop(LocalRun run) {
    run.see(at("alice", 0, "01:00:00", LONDON), at("alice", 0, "02:00:00", NEW_YORK));
  }

  private static List<GateChecked> gates(Detection finding) {
    return finding.getGates().stream()
        .filter(gate -> gate.getGate().equals("colleagues-place"))
        .toList();
  }

  private static void assertNotLowered(LocalRun run) {
    assertThat(run.only().getSeverity()).isEqualTo(Severity.Medium);
    assertThat(gates(run.only())).isEmpty();
  }

  @Test
  void isOneLevelLower_betweenPlacesOfTenOthersOnFiveDays() {
    regulars(run, 10, FIVE_DAYS);
    hop(run);
    Detection finding = run.only();
    assertThat(finding.getSeverity()).isEqualTo(Severity.Low);
    assertThat(finding.getReason()).isEqualTo("impossible-travel");
    assertThat(gates(finding))
        .singleElement()
        .satisfies(
            gate -> {
              assertThat(gate.getVerdict()).isEqualTo("lowered");
              assertThat(gate.getNumbers())
                  .containsEntry("earlierUsers", 10.0)
                  .containsEntry("laterUsers", 10.0)
                  .containsEntry("limitUsers", 10.0)
                  .containsEntry("limitDays", 5.0);
            });
    assertThat(finding.getDescription())
        .contains(
            "One level lower, since both places are usual for others: 10 other users regularly"
                + " are in London, GB, and 10 in New York, US.");
    assertThat(run.gate("impossible-travel", "colleagues-place"))
        .as("a lowered finding is not counted as suppressed")
        .isZero();
  }

  @Test
  void isMediumInPlaceOfHigh_forACall() {
    regulars(run, 10, FIVE_DAYS);
    run.see(
        at("alice", 0, "01:00:00", LONDON),
        call(DAY + "T02:00:00Z").from(NEW_YORK + 7).presents(null, "alice"));
    assertThat(run.only().getSeverity()).isEqualTo(Severity.Medium);
  }

  @Test
  void isNotLowered_byNineOthersAndTheUser() {
    LocalRun mayCommute =
        new LocalRun(NUMBERS.with(new RuleNumbers.Travel(true, false, 500, 900, 24, 29, false)));
    regulars(mayCommute, 9, FIVE_DAYS);
    for (int days : FIVE_DAYS) {
      mayCommute.see(at("alice", days, "01:00:00", LONDON));
      mayCommute.see(at("alice", days, "13:00:00", NEW_YORK));
    }
    hop(mayCommute);
    assertNotLowered(mayCommute);
    mayCommute.see(
        at("bob", 2, "01:00:00", LONDON),
        at("bob", 3, "01:00:00", LONDON),
        at("bob", 4, "01:00:00", LONDON),
        at("bob", 5, "01:00:00", LONDON),
        at("bob", 6, "01:00:00", LONDON));
    assertNotLowered(mayCommute);
  }

  @Test
  void isNotLowered_byFourDays_norByDaysOutOfTheThirty() {
    regulars(run, 12, 1, 2, 3, 4, 30, 31);
    hop(run);
    assertNotLowered(run);
    regulars(run, 10, 29);
    assertThat(run.only().getSeverity())
        .as("the fifth day, from 30 to 2 days before, came late")
        .isEqualTo(Severity.Low);
  }

  @Test
  void isNotLowered_whereOnePlaceAloneIsRegular() {
    regulars(run, 12, "01:00:00", LONDON, FIVE_DAYS);
    hop(run);
    assertNotLowered(run);
  }

  @Test
  void isLoweredOnce_betweenANetworkWithVaguePlacesAndColleagues() {
    regulars(run, 10, "01:00:00", LONDON, FIVE_DAYS);
    regulars(run, 10, "13:00:00", TUNNEL, FIVE_DAYS);
    run.see(
        at("alice", 0, "01:00:00", LONDON),
        call(DAY + "T01:10:00Z").from(TUNNEL + 7).presents(null, "alice"));
    Detection finding = run.only();
    assertThat(finding.getSeverity()).isEqualTo(Severity.Medium);
    assertThat(gates(finding)).hasSize(1);
    assertThat(finding.getDescription())
        .contains("One level lower, since one side is")
        .contains("Both places are usual for others");
  }

  @Test
  void countsOthers_whoHaveFindingsThere_butNotOnBehalfOrWorkloads() {
    for (int days : FIVE_DAYS) {
      for (int user = 0; user < 9; user++) {
        run.see(
            at("user-" + user, days, "01:00:00", LONDON),
            at("user-" + user, days, "13:00:00", NEW_YORK));
      }
      run.see(
          at("agent", days, "01:00:00", LONDON).onBehalf(),
          at("agent", days, "13:00:00", NEW_YORK).onBehalf(),
          at("robot", days, "01:00:00", LONDON).workload("robot"),
          at("robot", days, "13:00:00", NEW_YORK).workload("robot"));
    }
    hop(run);
    assertNotLowered(run);
    for (int days : FIVE_DAYS) {
      run.see(at("hopper", days, "01:00:00", LONDON), at("hopper", days, "01:30:00", NEW_YORK));
    }
    assertThat(run.active())
        .filteredOn(finding -> finding.getTitle().contains("alice"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.getSeverity()).isEqualTo(Severity.Low));
  }

  @Test
  void countsTheSmallestUsersByHash_whereMoreAreThereThanASetKeeps() {
    LocalRun small = new LocalRun(NUMBERS.atOnce(16));
    regulars(small, 40, FIVE_DAYS);
    hop(small);
    assertThat(small.only().getSeverity()).isEqualTo(Severity.Low);
    assertThat(gates(small.only()).get(0).getNumbers()).containsEntry("laterUsers", 16.0);
  }

  @Test
  void lowersTheOneFindingOfTooManyPlaces_whereAllAreRegular() {
    LocalRun few =
        new LocalRun(
            NUMBERS.with(
                new RuleNumbers.Travel(true, false, 500, 900, 24, 3, false).colleagues(1, 1)));
    for (int round = 0; round < 2; round++) {
      for (int city = 0; city < 5; city++) {
        few.see(
            signIn(
                    round == 0 ? "bob-" + city : "alice",
                    DAY.minusDays(round == 0 ? 5 : 0) + "T10:%02d:00Z".formatted(4 * city))
                .from("9.9." + city + ".1")
                .in(COUNTRIES.get(city), "city " + city, 10, city * 15));
      }
    }
    assertThat(few.only().getReason()).isEqualTo("many-places");
    assertThat(few.only().getSeverity()).isEqualTo(Severity.Low);
    few.see(at("alice", 0, "10:30:00", TOKYO));
    assertThat(few.only().getSeverity()).isEqualTo(Severity.Medium);
  }

  @Test
  void comparesNobody_whenSwitchedOff() {
    LocalRun off =
        new LocalRun(
            NUMBERS.with(
                new RuleNumbers.Travel(true, false, 500, 900, 24, 3, false).colleagues(0, 1)));
    regulars(off, 12, FIVE_DAYS);
    hop(off);
    assertNotLowered(off);
  }
}
