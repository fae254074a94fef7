package dev.lockstep.detections.travel;

import static dev.lockstep.detections.ActivityBuilder.at;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.graph;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.time.LocalDate;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Findings of impossible-travel on the engine. */
final class ImpossibleTravelTest {
  private static final RuleNumbers NUMBERS = RuleNumbers.atOnce().only("impossible-travel");
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";
  private static final String TOKYO = "10.11.0.1";
  private static final String NO_PLACE = "10.10.0.1";

  private final LocalRun run = new LocalRun(NUMBERS);

  private static String daysBefore(String date, int days, String time) {
    return LocalDate.parse(date).minusDays(days) + "T" + time + "Z";
  }

  /** Sees alice in London and New York, slowly enough, some days before a date. */
  private void commute(String date, int... daysBefore) {
    for (int days : daysBefore) {
      run.see(
          signIn("alice", daysBefore(date, days, "01:00:00")).from(LONDON),
          signIn("alice", daysBefore(date, days, "13:00:00")).from(NEW_YORK));
    }
  }

  private void hop(String date) {
    run.see(
        signIn("alice", date + "T01:00:00Z").from(LONDON),
        signIn("alice", date + "T02:00:00Z").from(NEW_YORK));
  }

  @Test
  void fires_whenAUserHopsOverTheOcean() {
    hop("2026-11-19");
    Detection finding = run.only();
    assertThat(finding.getReason()).isEqualTo("impossible-travel");
    assertThat(finding.getSeverity()).isEqualTo(Severity.Medium);
    assertThat(finding.getCount()).isEqualTo(1);
    assertThat(finding.getColdStart()).isTrue();
    assertThat(finding.getIp()).isEqualTo(NEW_YORK);
    assertThat(finding.getStartTime()).isEqualTo(at("2026-11-19T01:00:00Z"));
    assertThat(finding.getEndTime()).isEqualTo(at("2026-11-19T02:00:00Z"));
    assertThat(finding.getEvidence()).hasSize(2);
  }

  /** Records whose program knew no time are often of the year 1 or of 1601. */
  @ParameterizedTest
  @ValueSource(strings = {"0001-01-01", "1601-01-01", "1969-12-31"})
  void fires_whereOtherRecordsAreOfADayBefore1970(String date) {
    LocalRun all = new LocalRun();
    all.see(
        signIn("bob", date + "T01:00:00Z").from(LONDON).minted("t1"),
        call(date + "T03:00:30Z").from(LONDON).presents("t1", "bob"),
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
    assertThat(all.active("impossible-travel")).hasSize(1);
  }

  @Test
  void isNotExcused_byAStopHalfWay() {
    run.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T01:30:00Z").from("192.0.2.1").in(null, null, 47, -35),
        signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
    assertThat(run.active()).hasSize(3);
  }

  @Test
  void knowsADevice_whateverTheCaseOfItsId() {
    run.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON).device("4F79-a6e2", true, false),
        signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK).device("4f79-A6E2 ", false, false));
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate("impossible-travel", "same-device")).isEqualTo(1);
  }

  @Test
  void makesOneFinding_ofTwoPlacesInADay_andCountsPairsOfAddresses() {
    hop("2026-11-19");
    run.see(
        signIn("alice", "2026-11-19T02:10:00Z").from("10.2.0.2"),
        signIn("alice", "2026-11-19T02:20:00Z").from("10.1.9.9"),
        signIn("alice", "2026-11-19T02:20:00Z").from("10.1.9.9"));
    assertThat(run.only().getCount()).isEqualTo(4);
    assertThat(run.only().getIp()).isNotNull();
  }

  @Test
  void makesOneFinding_aUtcDayOfTheLater() {
    run.see(
        signIn("alice", "2026-11-19T23:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T23:59:59Z").from(NEW_YORK),
        signIn("alice", "2026-11-20T00:00:00Z").from("10.2.0.9"));
    assertThat(run.active())
        .extracting(Detection::getCount)
        .as("the second day pairs London with the new address only")
        .containsExactly(1, 1);
  }

  @Test
  void makesOneFinding_aPairOfPlaces() {
    hop("2026-11-19");
    run.see(signIn("alice", "2026-11-19T02:10:00Z").from(TOKYO));
    assertThat(run.active()).hasSize(3);
  }

  @Test
  void isRaised_byALaterPair_andNotLoweredAgain() {
    hop("2026-11-19");
    run.see(call("2026-11-19T02:30:00Z").from(NEW_YORK).presents(null, "alice"));
    assertThat(run.only().getSeverity()).isEqualTo(Severity.High);
    run.see(signIn("alice", "2026-11-19T02:50:00Z").from("10.2.0.2"));
    assertThat(run.only().getSeverity()).isEqualTo(Severity.High);
    assertThat(run.only().getCount()).isEqualTo(2);
  }

  @Test
  void isNoColdStart_afterAnyObservationFromDMinus30ToDMinus2() {
    for (int days : new int[] {2, 30}) {
      LocalRun other = new LocalRun(NUMBERS);
      other.see(
          signIn("alice", daysBefore("2026-11-19", days, "12:00:00")).from(NO_PLACE),
          signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
      assertThat(other.only().getColdStart()).as("%d days before", days).isFalse();
    }
    for (int days : new int[] {1, 31}) {
      LocalRun other = new LocalRun(NUMBERS);
      other.see(
          signIn("alice", daysBefore("2026-11-19", days, "00:00:00")).from("10.1.0.4"),
          signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
      assertThat(other.only().getColdStart()).as("%d days before", days).isTrue();
    }
  }

  @Test
  void losesItsColdStart_whenAHistoryArrivesLate() {
    hop("2026-11-19");
    assertThat(run.only().getColdStart()).isTrue();
    run.see(signIn("alice", "2026-11-10T12:00:00Z").from(NO_PLACE));
    assertThat(run.only().getColdStart()).isFalse();
  }

  @Test
  void makesNoPair_withAnEventOnBehalf() {
    run.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T01:10:00Z").from(NEW_YORK).onBehalf(),
        call("2026-11-19T01:20:00Z").from(TOKYO).presents(null, "alice").onBehalf(),
        graph("2026-11-19T01:30:00Z").from(TOKYO).presents(null, "alice").onBehalf());
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate("impossible-travel", "on-behalf-of")).isEqualTo(3);
    run.see(signIn("alice", "2026-11-19T01:40:00Z").from(NEW_YORK).nonInteractive());
    assertThat(run.only().getStartTime()).isEqualTo(at("2026-11-19T01:00:00Z"));
  }

  @Test
  void learnsNoCommute_andEndsNoColdStart_byEventsOnBehalf() {
    for (int days : new int[] {4, 3, 2}) {
      run.see(
          signIn("alice", daysBefore("2026-11-19", days, "01:00:00")).from(LONDON).onBehalf(),
          signIn("alice", daysBefore("2026-11-19", days, "02:00:00")).from(NO_PLACE).onBehalf(),
          call(daysBefore("2026-11-19", days, "13:00:00"))
              .from(NEW_YORK)
              .presents(null, "alice")
              .onBehalf());
    }
    hop("2026-11-19");
    assertThat(run.only().getColdStart()).isTrue();
    assertThat(run.gate("impossible-travel", "no-place")).isZero();
    assertThat(run.gate("impossible-travel", "on-behalf-of")).isEqualTo(9);
  }

  @Test
  void knowsACommute_of3Days() {
    commute("2026-11-19", 4, 3, 2);
    hop("2026-11-19");
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate("impossible-travel", "known-commute")).isEqualTo(1);
  }

  @Test
  void knowsNoCommute_of2Days() {
    commute("2026-11-19", 4, 2);
    hop("2026-11-19");
    assertThat(run.active()).hasSize(1);
  }

  @Test
  void learnsFromDMinus30ToDMinus2_only() {
    commute("2026-11-19", 30, 10, 2);
    hop("2026-11-19");
    assertThat(run.hasNoFinding()).as("30 days before").isTrue();

    LocalRun late = new LocalRun(NUMBERS);
    for (int days : new int[] {31, 10, 2}) {
      late.see(
          signIn("alice", daysBefore("2026-11-19", days, "01:00:00")).from(LONDON),
          signIn("alice", daysBefore("2026-11-19", days, "13:00:00")).from(NEW_YORK));
    }
    late.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
    assertThat(late.active()).as("31 days before").hasSize(1);

    LocalRun yesterday = new LocalRun(NUMBERS);
    for (int days : new int[] {10, 2, 1}) {
      yesterday.see(
          signIn("alice", daysBefore("2026-11-19", days, "01:00:00")).from(LONDON),
          signIn("alice", daysBefore("2026-11-19", days, "13:00:00")).from(NEW_YORK));
    }
    yesterday.see(
        signIn("alice", "2026-11-19T05:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T06:00:00Z").from(NEW_YORK));
    assertThat(yesterday.active()).as("the day before is not closed").hasSize(1);
  }

  @Test
  void learnsNoCommute_fromADayWithAFinding() {
    commute("2026-11-19", 8, 6);
    hop("2026-11-15"); // 4 days before: an attacker, or the first flight
    assertThat(run.active()).hasSize(1);
    hop("2026-11-19");
    assertThat(run.active()).hasSize(2);
  }

  @Test
  void learnsFromADay_whoseFindingIsTakenBack() {
    commute("2026-11-19", 10, 9);
    hop("2026-11-14");
    hop("2026-11-19");
    assertThat(run.active()).hasSize(2);
    commute("2026-11-19", 11); // a third day, late: the 14th stands no more, so the 19th neither
    assertThat(run.hasNoFinding()).isTrue();
  }

  @Test
  void countsWhatHasNoPlace_andForgetsNothingForIt() {
    run.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T01:30:00Z").from(NO_PLACE),
        signIn("alice", "2026-11-19T01:40:00Z"),
        signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
    assertThat(run.active()).hasSize(1);
    assertThat(run.gate("impossible-travel", "no-place")).isEqualTo(1);
    assertThat(run.gate("impossible-travel", "no-address")).isEqualTo(1);
  }

  @Test
  void saysOverflow_andKeepsTheCount_whenTheSetIsFull() {
    for (int i = 0; i < 300; i++) {
      run.see(
          signIn("alice", at("2026-11-19T10:00:00Z") + i * 1000L)
              .from("10.2." + i / 250 + "." + i % 250));
    }
    run.see(call("2026-11-19T10:30:00Z").from(LONDON).presents(null, "alice"));
    for (Detection finding : run.active()) {
      assertThat(finding.getCount()).isLessThanOrEqualTo(256);
      assertThat(finding.getOverflow()).isTrue();
      assertThat(finding.getEvidence()).hasSizeLessThanOrEqualTo(20);
      assertThat(finding.getEntities()).hasSizeLessThanOrEqualTo(10);
    }
  }

  @Test
  void learnsNewPlaces_afterALifetimeOfOthers() {
    LocalRun small = new LocalRun(NUMBERS.atOnce(4));
    long start = at("2025-01-01T12:00:00Z");
    for (int i = 0; i < 12; i++) {
      small.see(
          signIn("alice", start + i * 7L * 86_400_000L)
              .from("192.0.2." + i)
              .in(null, "city " + i, i, 0));
    }
    for (int days : new int[] {4, 3, 2}) {
      small.see(
          signIn("alice", daysBefore("2026-11-19", days, "01:00:00")).from(LONDON),
          signIn("alice", daysBefore("2026-11-19", days, "13:00:00")).from(NEW_YORK));
    }
    small.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
    assertThat(small.hasNoFinding()).isTrue();
  }

  @Test
  void leavesWorkloadsOut_unlessAsked() {
    LocalRun asked =
        new LocalRun(NUMBERS.with(new RuleNumbers.Travel(true, false, 500, 900, 24, 3, true)));
    for (LocalRun each : new LocalRun[] {run, asked}) {
      each.see(
          signIn("robot", "2026-11-19T01:00:00Z").workload("robot").from(LONDON),
          signIn("robot", "2026-11-19T02:00:00Z").workload("robot").from(NEW_YORK));
    }
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(Objects.requireNonNull(asked.only().getPrincipal()).getType()).isEqualTo("workload");
  }

  @Test
  void marksItsShadow() {
    LocalRun shadow =
        new LocalRun(NUMBERS.with(new RuleNumbers.Travel(true, true, 500, 900, 24, 3, false)));
    shadow.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", "2026-11-19T02:00:00Z").from(NEW_YORK));
    assertThat(shadow.only().getShadow()).isTrue();
  }

  /** Sees alice in so many cities far from each other within an hour. */
  private static void tour(LocalRun run, String date, int cities) {
    for (int i = 0; i < cities; i++) {
      run.see(
          signIn("alice", at(date + "T10:00:00Z") + i * 240_000L)
              .from("9.9." + i + ".1")
              .in("C" + i, "city " + i, 10, i * 15));
    }
  }

  @Test
  void makesOneFindingOfTheDay_ofMoreThan8PairsOfPlaces() {
    tour(run, "2026-11-19", 4);
    assertThat(run.active())
        .hasSize(6)
        .extracting(Detection::getReason)
        .containsOnly("impossible-travel");
    tour(run, "2026-11-19", 5);
    Detection finding = run.only();
    assertThat(finding.getReason()).isEqualTo("many-places");
    assertThat(finding.getSeverity()).isEqualTo(Severity.Medium);
    assertThat(finding.getCount()).isEqualTo(10);
    assertThat(finding.getTitle())
        .isEqualTo("Impossible travel of alice@contoso.com: 5 places on one day");
    assertThat(finding.getDescription())
        .contains("at 5 places on 2026-11-19, and 10 pairs of them are too far apart")
        .contains("10 pairs of addresses were too far apart for the time between them on that day");
    assertThat(finding.getEvidence()).hasSize(5);
  }

  @Test
  void raisesTheOneFinding_byASinglePair() {
    tour(run, "2026-11-19", 6);
    run.see(call("2026-11-19T10:30:00Z").from(LONDON).presents(null, "alice"));
    assertThat(run.only().getReason()).isEqualTo("many-places");
    assertThat(run.only().getSeverity()).isEqualTo(Severity.High);
  }

  @Test
  void learnsNoCommute_fromADayWithManyPlaces() {
    for (String day : new String[] {"2026-11-13", "2026-11-14", "2026-11-15"}) {
      tour(run, day, 5);
    }
    tour(run, "2026-11-19", 2);
    assertThat(run.active()).hasSize(4);
  }

  @Test
  void listsEveryGate_inTheOrderOfTheRule() {
    hop("2026-11-19");
    assertThat(run.only().getGates())
        .extracting(gate -> gate.getGate() + " " + gate.getVerdict())
        .containsExactly(
            "distance passed",
            "speed passed",
            "corporate-egress passed",
            "backend passed",
            "same-device passed",
            "same-network passed",
            "known-commute passed");
  }
}
