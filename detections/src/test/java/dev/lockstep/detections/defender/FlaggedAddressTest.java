package dev.lockstep.detections.defender;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.graph;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.rules.Subject;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FlaggedAddressTest {
  private static final String RULE = "defender-corroboration";
  private static final int WORLDS = 20;
  private static final String LONDON = "10.1.0.1";
  private static final String MOBILE = "10.5.0.1";
  private static final String NOON = "2026-11-19T12:00:00Z";

  private static final List<Severity> SEVERITIES =
      List.of(Severity.Informational, Severity.Low, Severity.Medium, Severity.High);

  private final LocalRun run = new LocalRun();

  private static ActivityBuilder alertAt(String address) {
    return alert("al-1", NOON).namesAddresses(address);
  }

  @Test
  void fires_whenAUserSignsInFromAnAddressOfAnAlert_whicheverComesFirst() {
    ActivityBuilder signIn = signIn("alice", "2026-11-19T12:30:00Z").from(LONDON);
    Detection after = new LocalRun().see(alertAt(LONDON), signIn).only();
    Detection before = new LocalRun().see(signIn, alertAt(LONDON)).only();
    assertThat(after).isEqualTo(before);
    assertThat(after)
        .extracting(
            Detection::getRule, Detection::getReason, Detection::getSeverity, Detection::getCount)
        .containsExactly(RULE, "flagged-address", Severity.Medium, 1);
    assertThat(after.getIp()).isEqualTo(LONDON);
    assertThat(after.getPrincipal().getName()).isEqualTo("alice@contoso.com");
    assertThat(after.getDefenderAlerts())
        .containsExactly(
            Map.of(
                "id", "al-1",
                "title", "Suspicious al-1",
                "severity", "Medium",
                "product", "Microsoft Defender for Cloud Apps"));
    assertThat(after.getEvidence())
        .extracting(Evidence::getCategory)
        .containsExactly("SignInLogs", "AlertEvidence");
    assertThat(after.getGates())
        .extracting(GateChecked::getGate, GateChecked::getVerdict)
        .contains(tuple("close-to-alert", "passed"), tuple("already-named", "passed"));
    assertThat(after.getDescription())
        .contains("alice@contoso.com", LONDON, "Suspicious al-1", "1 minute", "2026-11-19 12:30");
  }

  /** Tells the moments of events that it still has, though others of the day are out of reach. */
  @ParameterizedTest
  @CsvSource({
    "2026-11-19T11:30:00.829Z, 2026-11-19T14:30:10Z, 2026-11-19T11:30:00.829Z",
    "2026-11-19T08:00:00Z, 2026-11-19T11:30:25.127Z, 2026-11-19T11:30:25.127Z",
    "2026-11-19T08:00:00Z, 2026-11-19T12:00:00Z, 2026-11-19T12:00:00Z"
  })
  void beginsAndEndsWithTheEventInReach_exactly(String first, String last, String inReach) {
    ActivityBuilder one = signIn("alice", first).from(LONDON);
    ActivityBuilder other = signIn("alice", last).from(LONDON);
    Detection found = run.see(one, other, alertAt(LONDON)).only();
    assertThat(found.getStartTime()).isEqualTo(ActivityBuilder.at(inReach));
    assertThat(found.getEndTime()).isEqualTo(ActivityBuilder.at(inReach));
    assertThat(found.getDescription())
        .contains("first at " + inReach.substring(0, 19).replace('T', ' ') + " UTC");
  }

  /** Tells nothing of a call that is a user's, as its link says after an hour. */
  @ParameterizedTest
  @CsvSource({
    "2026-11-19T12:10:20Z, 2026-11-19T12:20:30Z",
    "2026-11-19T12:20:30Z, 2026-11-19T12:10:20Z"
  })
  void beginsAndEndsWithTheSubscriptionsOwnCall(String users, String own) {
    run.see(
        alertAt(LONDON),
        call(users).id("c1").subscription("s").from(LONDON),
        call(own).id("c2").subscription("s").from(LONDON));
    run.watermark("2026-11-19T14:00:00Z");
    run.see(link(users, "c1").presents("t1", "alice").arrives(Duration.ofHours(3)));
    run.watermark("2026-11-20T12:00:00Z");
    assertThat(run.active())
        .filteredOn(finding -> finding.getPrincipal().getId().equals("s"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.getCount()).isEqualTo(1);
              assertThat(finding.getStartTime()).isEqualTo(ActivityBuilder.at(own));
              assertThat(finding.getEndTime()).isEqualTo(ActivityBuilder.at(own));
              assertThat(finding.getDescription())
                  .contains("first at " + own.substring(0, 19).replace('T', ' ') + " UTC");
              assertThat(finding.getEvidence())
                  .extracting(Evidence::getEventId)
                  .contains("c2")
                  .doesNotContain("c1");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-19T11:00:29.999Z, false",
    "2026-11-19T11:00:30Z, true",
    "2026-11-19T13:00:30Z, true",
    "2026-11-19T13:00:30.001Z, false"
  })
  void firesWithinAnHour_toTheMillisecond(String time, boolean fires) {
    ActivityBuilder alert = alert("al-1", "2026-11-19T12:00:30Z").namesAddresses(LONDON);
    ActivityBuilder signIn = signIn("alice", time).from(LONDON);
    assertThat(new LocalRun().see(alert, signIn).hasNoFinding()).isEqualTo(!fires);
    assertThat(new LocalRun().see(signIn, alert, signIn).hasNoFinding()).isEqualTo(!fires);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-19T11:00:10Z, 2026-11-19T11:00:40Z, true",
    "2026-11-19T11:00:10Z, 2026-11-19T11:00:20Z, false",
    "2026-11-19T13:00:40Z, 2026-11-19T13:00:20Z, true",
    "2026-11-19T13:00:40Z, 2026-11-19T13:00:50Z, false"
  })
  void firesForAnyEventOfTheMinuteAtTheBorder_inAnyOrder(String one, String other, boolean fires) {
    ActivityBuilder alert = alert("al-1", "2026-11-19T12:00:30Z").namesAddresses(LONDON);
    ActivityBuilder first = signIn("alice", one).from(LONDON);
    ActivityBuilder second = signIn("alice", other).from(LONDON);
    int count = fires ? 1 : 0;
    assertThat(new LocalRun().see(alert, first, second).active()).hasSize(count);
    assertThat(new LocalRun().see(alert, second, first).active()).hasSize(count);
    assertThat(new LocalRun().see(first, alert, second).active()).hasSize(count);
    assertThat(new LocalRun().see(second, first, alert).active()).hasSize(count);
  }

  private static List<Detection> ofTheSubscription(List<ActivityBuilder> calls, boolean linkFirst) {
    ActivityBuilder usersOwn =
        call("2026-11-19T11:00:40Z").id("hers").subscription("s").from(LONDON);
    ActivityBuilder link =
        link("2026-11-19T11:00:40Z", "hers")
            .presents("t1", "alice")
            .arrives(Duration.ofHours(linkFirst ? 0 : 5));
    LocalRun run = new LocalRun();
    run.see(alert("al-1", "2026-11-19T12:00:30Z").namesAddresses(LONDON));
    if (linkFirst) {
      run.see(link);
    }
    calls.forEach(run::see);
    run.see(usersOwn);
    run.watermark("2026-11-19T15:00:00Z");
    if (!linkFirst) {
      run.see(link);
    }
    run.watermark("2026-11-20T12:00:00Z");
    assertThat(run.active())
        .filteredOn(finding -> finding.getPrincipal().getId().equals("alice"))
        .hasSize(1);
    return run.active().stream()
        .filter(finding -> finding.getPrincipal().getId().equals("s"))
        .toList();
  }

  /**
   * The call is a user's, as its link says; the subscription's own calls are not within the hour.
   */
  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "16, false", "16, true", "300, false", "300, true"})
  void leavesNothingOfARetractedCall_beforeOrBesideOthers(int others, boolean linkFirst) {
    List<ActivityBuilder> calls = new ArrayList<>();
    calls.add(call("2026-11-19T11:00:10Z").id("o0").subscription("s").from(LONDON));
    for (int i = 1; i < others; i++) {
      calls.add(
          call(ActivityBuilder.at("2026-11-19T05:00:00Z") + i * 60_000L)
              .id("o" + i)
              .subscription("s")
              .from(LONDON));
    }
    if (others > 16) {
      calls.remove(0); // its minute is known as a whole
    }
    assertThat(ofTheSubscription(calls, linkFirst)).isEmpty();
  }

  /** Of a few minutes a day, most of them at the two borders of the hour. */
  @Test
  void countsTheMinutesWithAnEventWithinAnHour_toTheMillisecond() {
    long seed = 20261201;
    Random random = new Random(seed);
    long alertAt = ActivityBuilder.at("2026-11-19T12:00:30Z");
    for (int i = 0; i < 150; i++) {
      List<ActivityBuilder> events = new ArrayList<>();
      Set<Long> minutes = new HashSet<>();
      for (int j = random.nextInt(12); j >= 0; j--) {
        long at =
            alertAt
                + (random.nextInt(5) - 2) * 1_800_000L
                + random.nextInt(120_000)
                - 60_000
                + random.nextInt(3) * 60_000;
        events.add(signIn("alice", at).id("e" + j).from(LONDON));
        if (Math.abs(at - alertAt) <= 3_600_000L) {
          minutes.add(Math.floorDiv(at, 60_000L));
        }
      }
      events.add(alert("al-1", "2026-11-19T12:00:30Z").namesAddresses(LONDON));
      for (int order = 0; order < 3; order++) {
        Collections.shuffle(events, random);
        assertThat(new LocalRun().see(events.toArray(ActivityBuilder[]::new)).active())
            .as("seed %d, history %d, order %d", seed, i, order)
            .extracting(Detection::getCount)
            .isEqualTo(minutes.isEmpty() ? List.of() : List.of(minutes.size()));
      }
    }
  }

  @Test
  void namesThePrincipal_whereNeitherItsFirstNorItsLastEventIsNear() {
    run.see(
        signIn("alice", "2026-11-19T01:00:00Z").from(LONDON),
        signIn("alice", NOON).from(LONDON),
        signIn("alice", "2026-11-19T23:00:00Z").from(LONDON),
        alertAt(LONDON));
    assertThat(run.only().getPrincipal().getId()).isEqualTo("alice");
    assertThat(run.only().getCount()).isEqualTo(1);
    assertThat(run.only().getStartTime()).isEqualTo(ActivityBuilder.at(NOON));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-19T12:30:00Z, 2026-11-19T13:00:40Z, 2026-11-19T12:30:00Z",
    "2026-11-19T11:00:10Z, 2026-11-19T12:30:00Z, 2026-11-19T12:30:00Z"
  })
  void leavesOutTheMinute_whoseEventIsBeyondTheHour(String one, String other, String inReach) {
    ActivityBuilder alert = alert("al-1", "2026-11-19T12:00:30Z").namesAddresses(LONDON);
    Detection found =
        run.see(signIn("alice", one).from(LONDON), signIn("alice", other).from(LONDON), alert)
            .only();
    assertThat(found.getCount()).isEqualTo(1);
    assertThat(found.getStartTime()).isEqualTo(ActivityBuilder.at(inReach));
    assertThat(found.getEndTime()).isEqualTo(ActivityBuilder.at(inReach));
  }

  /** Of a day's sign-ins neither the first nor the last may be the nearest. */
  @ParameterizedTest
  @CsvSource({"11:30, 30", "12:10, 10", "09:00, 180", "15:00, 180"})
  void saysHowNearTheNearestEventIs(String time, double minutes) {
    try (LocalDriver driver =
        new LocalDriver(
            RuleNumbers.atOnce().only(RULE).ruleSet(),
            JoinableLogs.ALL,
            Known.WORLD,
            new DetectionCounters(),
            1,
            false)) {
      for (String at : List.of("00:10", time, "23:50")) {
        driver.enter(
            ActivityBuilder.bytes(
                signIn("alice", "2026-11-19T" + at + ":00Z").from(LONDON).build()));
      }
      driver.enter(ActivityBuilder.bytes(alertAt(LONDON).build()));
      driver.watermark(ActivityBuilder.at("2026-11-20T12:00:00Z"));
      List<GateChecked> gates =
          driver
              .judged(new Subject(Subject.Kind.ADDRESS, LONDON))
              .days()
              .get(0)
              .verdicts()
              .get(0)
              .gates();
      assertThat(gates.get(0).getGate()).isEqualTo("close-to-alert");
      assertThat(gates.get(0).getVerdict()).isEqualTo(minutes <= 60 ? "passed" : "suppressed");
      assertThat(gates.get(0).getNumbers()).containsEntry("nearestMinutes", minutes);
    }
  }

  @Test
  void firesAroundMidnight() {
    run.see(
        signIn("alice", "2026-11-18T23:50:00Z").from(LONDON),
        alert("a", "2026-11-19T00:20:00Z").namesAddresses(LONDON));
    assertThat(run.only().getCount()).isEqualTo(1);
  }

  @Test
  void countsTheMinutes_closeToAnyTimeOfTheAlert() {
    run.see(
        signIn("alice", "2026-11-19T12:10:00Z").from(LONDON),
        signIn("alice", "2026-11-19T12:10:30Z").from(LONDON),
        signIn("alice", "2026-11-19T12:20:00Z").from(LONDON),
        signIn("alice", "2026-11-19T15:00:00Z").from(LONDON),
        alertAt(LONDON));
    assertThat(run.only().getCount()).isEqualTo(2);
    run.see(alert("al-1", "2026-11-19T14:30:00Z"));
    assertThat(run.only().getCount()).isEqualTo(3);
  }

  @Test
  void stopsCounting_whereASetIsFull_andSaysSo() {
    for (String time : List.of("T02:00:00Z", "T04:30:00Z", "T07:00:00Z")) {
      run.see(alert("al-1", "2026-11-19" + time).namesAddresses(LONDON));
    }
    long midnight = ActivityBuilder.at("2026-11-19T00:00:00Z");
    for (int minute = 60; minute < 180; minute++) {
      run.see(signIn("alice", midnight + minute * 60_000L).from(LONDON));
      run.see(signIn("alice", midnight + (minute + 150) * 60_000L).from(LONDON));
    }
    assertThat(run.only().getCount()).isEqualTo(240);
    assertThat(run.only().getOverflow()).isNull();
    for (int minute = 360; minute < 420; minute++) {
      run.see(signIn("alice", midnight + minute * 60_000L).from(LONDON));
    }
    assertThat(run.only().getCount()).isEqualTo(256);
    assertThat(run.only().getOverflow()).isTrue();
  }

  @Test
  void isHigh_ifTheAlertIs_andOneLevelDownForAMobileNetwork() {
    run.see(
        signIn("alice", NOON).from(LONDON),
        signIn("bob", NOON).from(MOBILE),
        alertAt(LONDON).severity(Severity.High),
        alert("al-2", NOON).namesAddresses(MOBILE));
    assertThat(run.active())
        .extracting(finding -> finding.getPrincipal().getId(), Detection::getSeverity)
        .containsExactlyInAnyOrder(tuple("alice", Severity.High), tuple("bob", Severity.Low));
  }

  @Test
  void isQuiet_forAlertsBelowMedium_untilARecordRaisesThem() {
    run.see(signIn("alice", NOON).from(LONDON), alertAt(LONDON).severity(Severity.Low));
    assertThat(run.hasNoFinding()).isTrue();
    run.see(alert("al-1", NOON).severity(Severity.Medium));
    assertThat(run.only().getSeverity()).isEqualTo(Severity.Medium);
  }

  @Test
  void fires_forWorkloadsAndForCallsOfUsers() {
    run.see(
        signIn("w", NOON).workload("spn").from(LONDON),
        call(NOON).from(LONDON).presents("t", "bob"),
        call(NOON).status(401).from(LONDON).presents("t2", "eve"),
        alertAt(LONDON));
    assertThat(run.active(RULE))
        .extracting(finding -> finding.getPrincipal().getId())
        .containsExactlyInAnyOrder("spn", "bob");
  }

  @Test
  void isQuiet_whenTheAlertNamesThePrincipal_whicheverIsKnownFirst() {
    run.see(signIn("alice", NOON).from(LONDON), alertAt(LONDON).namesAccounts("alice"));
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate(RULE, "already-named")).isPositive();
    LocalRun late = new LocalRun().see(alertAt(LONDON), signIn("alice", NOON).from(LONDON));
    assertThat(late.only().getReason()).isEqualTo("flagged-address");
    late.see(alert("al-1", NOON).namesAccounts("alice"));
    assertThat(late.hasNoFinding()).isTrue();
  }

  @Test
  void countsWhatEachAlertSuppresses_once_whicheverComesFirst() {
    ActivityBuilder signIn = signIn("alice", NOON).from(LONDON);
    LocalRun after = new LocalRun();
    run.see(signIn);
    for (int i = 0; i < 8; i++) {
      ActivityBuilder alert = alert("al-" + i, NOON).namesAddresses(LONDON).namesAccounts("alice");
      run.see(alert);
      after.see(alert);
      assertThat(run.hasNoFinding()).isTrue(); // by then the alert has been judged
    }
    assertThat(after.hasNoFinding()).isTrue();
    after.see(signIn);
    assertThat(after.gate(RULE, "already-named")).isEqualTo(8);
    assertThat(run.gate(RULE, "already-named")).isEqualTo(8);
  }

  @Test
  void isQuiet_whenTheAlertNamesTheUpnThatThePrincipalSignedInUnder() {
    run.see(
        call(NOON).from(LONDON).presents("t", "alice"),
        alertAt(LONDON).namesUpns("alice@contoso.com"));
    assertThat(run.only().getPrincipal().getId()).isEqualTo("alice");
    run.see(signIn("alice", "2026-11-20T12:00:00Z").from("10.2.0.1").nonInteractive());
    assertThat(run.active(RULE)).isEmpty();
  }

  @Test
  void doesNotKnowAUpn_thatWasUsedMoreThanADayFromTheAlert() {
    run.see(
        call(NOON).from(LONDON).presents("t", "alice"),
        alertAt(LONDON).namesUpns("alice@contoso.com"),
        signIn("alice", "2026-11-20T12:00:00.001Z").from("10.1.9.1"));
    assertThat(run.active(RULE)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "10.7.0.1, corporate-egress",
    "10.8.0.1, backend",
    "10.9.0.1, trusted-proxy",
  })
  void neverMatchesOurOwnNetworks(String address, String gate) {
    run.see(alertAt(address), signIn("alice", NOON).from(address), alertAt(address));
    assertThat(run.hasNoFinding()).isTrue();
    assertThat(run.gate(RULE, gate)).isPositive();
  }

  @Test
  void takesBack_whatAnAlertOfOurOwnRaised() {
    run.see(signIn("alice", NOON).from(LONDON), alertAt(LONDON));
    assertThat(run.hasNoFinding()).isFalse();
    run.see(alert("al-1", NOON).own());
    assertThat(run.hasNoFinding()).isTrue();
    run.see(signIn("alice", "2026-11-19T12:05:00Z").from(LONDON));
    assertThat(run.hasNoFinding()).isTrue();
  }

  @Test
  void isOneFinding_perPrincipalAddressAndDay_withAllItsAlerts() {
    run.see(
        signIn("alice", NOON).from(LONDON),
        signIn("alice", NOON).from("10.1.0.2"),
        signIn("bob", NOON).from(LONDON),
        alertAt(LONDON),
        alert("al-2", NOON).namesAddresses(LONDON, "10.1.0.2"));
    assertThat(run.active(RULE))
        .extracting(
            finding -> finding.getPrincipal().getId() + " " + finding.getIp(),
            finding -> finding.getDefenderAlerts().size())
        .containsExactlyInAnyOrder(
            tuple("alice " + LONDON, 2), tuple("alice 10.1.0.2", 1), tuple("bob " + LONDON, 2));
  }

  @Test
  void isOneFindingOfTheAddress_oneLevelDown_whereMoreThanTwentyPrincipalsHaveOne() {
    run.see(alertAt(LONDON).severity(Severity.High));
    for (int i = 0; i < 20; i++) {
      run.see(signIn("user-" + i, NOON).from(LONDON));
    }
    assertThat(run.active(RULE))
        .hasSize(20)
        .extracting(Detection::getReason)
        .containsOnly("flagged-address");
    run.see(signIn("user-20", NOON).from(LONDON));
    assertThat(run.only())
        .extracting(
            Detection::getReason,
            Detection::getSeverity,
            Detection::getCount,
            Detection::getPrincipal,
            Detection::getIp)
        .containsExactly("shared-address", Severity.Medium, 21, null, LONDON);
    run.see(alert("al-1", NOON).namesAccounts("user-3"));
    assertThat(run.active(RULE)).hasSize(20);
  }

  @Test
  void saysOfAFindingThatItsAddressReplaced_whichOneIsInItsPlace() {
    run.see(alertAt(LONDON));
    for (int i = 0; i < 20; i++) {
      run.see(signIn("user-" + i, NOON).from(LONDON));
    }
    assertThat(run.active()).hasSize(20);
    run.see(signIn("user-20", NOON).from(LONDON));
    Detection one = run.only();
    assertThat(run.revisions())
        .filteredOn(finding -> finding.getReason().equals("withdrawn"))
        .isNotEmpty()
        .allSatisfy(
            gone ->
                assertThat(gone.getDescription())
                    .startsWith(
                        "Retracted: finding %s (shared-address) replaces this finding"
                            .formatted(one.getId()))
                    .contains(" It said: user-"));
  }

  @Test
  void saysOneLevelLower_onlyWhereItIs() {
    run.see(alertAt(LONDON));
    LocalRun phones = new LocalRun().see(alertAt(MOBILE));
    LocalRun high = new LocalRun().see(alertAt(MOBILE).severity(Severity.High));
    for (int i = 0; i < 21; i++) {
      run.see(signIn("user-" + i, NOON).from(LONDON));
      phones.see(signIn("user-" + i, NOON).from(MOBILE));
      high.see(signIn("user-" + i, NOON).from(MOBILE));
    }
    String mobile =
        ", since the address belongs to a mobile network, whose addresses many people share.";
    assertThat(run.active(RULE).get(0).getSeverity()).isEqualTo(Severity.Low);
    assertThat(run.active(RULE).get(0).getDescription())
        .endsWith("is a weak sign. The severity is one level lower for that reason.");
    assertThat(phones.active(RULE).get(0).getSeverity()).isEqualTo(Severity.Low);
    assertThat(phones.active(RULE).get(0).getDescription())
        .endsWith("is a weak sign. The severity is one level lower" + mobile);
    assertThat(high.active(RULE).get(0).getSeverity()).isEqualTo(Severity.Low);
    assertThat(high.active(RULE).get(0).getDescription())
        .endsWith(
            "is a weak sign. The severity is one level lower for that reason. It is lowered by"
                + " another level"
                + mobile);
  }

  /** With more than 16 minutes a day, only the first and the last event have their exact times. */
  @ParameterizedTest
  @CsvSource({"1, 11:30:20", "16, 11:30"})
  void tellsTheFirstEventInReach_orItsMinuteWhereOnlyThatIsKnown(int others, String first) {
    for (int i = 0; i < others; i++) {
      run.see(
          signIn("alice", ActivityBuilder.at("2026-11-19T01:00:00Z") + i * 60_000L).from(LONDON));
    }
    run.see(
        signIn("alice", "2026-11-19T11:30:20Z").from(LONDON),
        signIn("alice", "2026-11-19T23:00:00Z").from(LONDON),
        alertAt(LONDON));
    assertThat(run.only().getDescription())
        .contains("in 1 minute, first at 2026-11-19 " + first + " UTC. Microsoft");
  }

  @Test
  void callsAnEventWhatItIs_whereSignInsAndCallsAreOne() {
    run.see(
        graph("2026-11-19T11:50:00Z").presents("t", "alice").from(LONDON),
        signIn("alice", "2026-11-19T11:55:00Z").from(LONDON),
        alertAt(LONDON));
    assertThat(run.active(RULE).get(0).getEvidence())
        .filteredOn(event -> !event.getCategory().equals("AlertEvidence"))
        .extracting(event -> event.getMattered().get("observation"))
        .containsOnly("successful sign-in or accepted call");
  }

  @Test
  void saysAtLeast_whereMorePrincipalsCameThanAreKept() {
    LocalRun full = new LocalRun(RuleNumbers.atOnce().only(RULE).atOnce(24));
    full.see(alertAt(LONDON));
    for (int i = 0; i < 30; i++) {
      full.see(signIn("user-" + i, NOON).from(LONDON));
    }
    assertThat(full.only().getCount()).isEqualTo(24);
    assertThat(full.only().getTitle()).startsWith("At least 24 principals at ");
    assertThat(full.only().getDescription()).startsWith("At least 24 principals signed in");
  }

  @Test
  void saysThatDefenderDoesNotNameTheUser_howeverManyAlertsThereAre() {
    run.see(alertAt(LONDON), alert("al-2", NOON).namesAddresses(LONDON));
    run.see(signIn("alice", NOON).from(LONDON));
    assertThat(run.only().getDescription())
        .contains(
            "and in 1 more alert, within 1 h of a sign-in or call, and does not name this user");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 256})
  void givesTheSame_inAnyOrder(int setCap) {
    int findings = 0;
    for (int seed = 0; seed < WORLDS; seed++) {
      Random random = new Random(seed);
      List<Activity> world = world(random);
      Map<String, LocalRun.Verdict> first = found(world, setCap);
      findings += first.size();
      for (int order = 1; order < 4; order++) {
        Collections.shuffle(world, random);
        assertThat(found(world, setCap)).as("seed %d, order %d", seed, order).isEqualTo(first);
      }
    }
    assertThat(findings).isGreaterThan(WORLDS / 2);
  }

  private static Map<String, LocalRun.Verdict> found(List<Activity> arriving, int setCap) {
    LocalRun run = new LocalRun(RuleNumbers.atOnce().only(RULE).atOnce(setCap));
    arriving.forEach(run::see);
    return run.verdicts();
  }

  private static List<Activity> world(Random random) {
    List<String> addresses = List.of(LONDON, "10.1.0.2", MOBILE, "10.2.0.1", "10.7.0.1");
    List<String> users = List.of("alice", "bob", "carol");
    List<Activity> world = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String user = users.get(random.nextInt(3));
      String address = addresses.get(random.nextInt(5));
      String time =
          "2026-11-%02dT%02d:%02d:00Z"
              .formatted(18 + random.nextInt(3), random.nextInt(24), random.nextInt(60));
      String id = "al-" + random.nextInt(4);
      world.add(
          switch (random.nextInt(6)) {
            case 0, 1, 2 -> signIn(user, time).from(address).minted("t" + i).build();
            case 3 -> call(time).from(address).presents("t" + random.nextInt(8), user).build();
            case 4 ->
                alert(id, time)
                    .severity(SEVERITIES.get(random.nextInt(4)))
                    .namesAddresses(address)
                    .build();
            default ->
                random.nextBoolean()
                    ? alert(id, time).severity(null).namesAccounts(user).build()
                    : alert(id, time).severity(null).namesUpns(user + "@contoso.com").build();
          });
    }
    Collections.shuffle(world, random);
    return world;
  }
}
