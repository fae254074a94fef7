package dev.lockstep.detections.risk;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static dev.lockstep.rules.kit.ActivityBuilder.event;
import static dev.lockstep.rules.kit.ActivityBuilder.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.CallsBehindFrontDoor;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.local.LocalRun;
import dev.lockstep.detections.local.WhyNot;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.Subject;
import dev.lockstep.rules.kit.ActivityBuilder;
import dev.lockstep.rules.kit.Expected;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Risk;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SignIn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class RiskySignInUsedTest {
  private static final long HOURS_48 = 48 * 3_600_000L;
  private static final long HOURS_72 = 72 * 3_600_000L;
  private static final long NOON = ActivityBuilder.at("2026-11-19T12:00:00Z");
  private static final Set<String> CLOSING = Set.of("dismissed", "remediated", "confirmedsafe");
  private static final Enrichment KNOWN = known();

  private static Enrichment known() {
    try {
      return Enrichment.of(
          Networks.parse(
              "networks.csv", "cidr,class\n203.0.113.0/25,backend\n192.0.2.0/24,trusted-proxy\n"),
          Partners.none(),
          GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ActivityBuilder risky(long at, @Nullable String level, @Nullable String state) {
    return signIn("ana", at)
        .token("t1")
        .from("8.8.8.8")
        .with(
            activity -> {
              SignIn of = SignIn.newBuilder().build();
              of.setRiskLevel(level);
              of.setRiskState(state);
              activity.setSignIn(of);
            });
  }

  private static ActivityBuilder found(
      long at, String id, @Nullable String uti, String level, String state) {
    return event(ActivityKind.RISK, "UserRiskEvents", at)
        .id(id + " " + state + " " + level)
        .from("8.8.8.8")
        .with(
            activity -> {
              Risk risk = new Risk();
              risk.setId(id);
              risk.setRequestId(uti);
              risk.setLevel(level);
              risk.setState(state);
              activity.setRisk(risk);
              activity.setPrincipal(new Principal("ana", null, "user"));
            });
  }

  private static ActivityBuilder uses(long at) {
    return call(at).by("ana").token("t1").from("8.8.8.8");
  }

  private static void gives(List<Activity> events, Expected... expected) {
    RuleCheck.of(new RiskySignInUsed()).with(KNOWN).gives(events, List.of(expected));
  }

  private static Expected finding(long at, String reason, Severity severity, int count) {
    return Expected.of(
        new Subject(Subject.Kind.TOKEN, "t1"), (int) (at / 86_400_000L), reason, severity, count);
  }

  @Test
  void isSuppressed_whenOnlyFrontDoorTellsThatTheCallCameFromABackend() {
    CallsBehindFrontDoor.assertSuppressedFromBackend(
        RiskySignInUsed.ID, KNOWN, risky(NOON, "high", "atRisk").build());
  }

  @Test
  void firesByTheLevel_ofTheSignIn() {
    gives(
        List.of(risky(NOON, "Medium", "atRisk").build(), uses(NOON + 60_000).build()),
        finding(NOON, "at-sign-in", Severity.Medium, 1));
    gives(
        List.of(
            risky(NOON, "high", null).build(),
            uses(NOON + 60_000).build(),
            uses(NOON + 180_000).build()),
        finding(NOON, "at-sign-in", Severity.High, 2));
  }

  @Test
  void judgesNoSignInOfAnotherLog() {
    gives(
        List.of(
            risky(NOON, "high", "atRisk").category("ADFSSignInLogs").build(),
            uses(NOON + 60_000).build()));
  }

  @Test
  void asksEveryCopyOfASignIn_whetherItsRiskIsClosed() {
    Activity open = risky(NOON, "high", "atRisk").id("x").build();
    Activity used = uses(NOON + 60_000).build();
    gives(List.of(open, used, risky(NOON, "high", "remediated").id("x").build()));
    gives(List.of(open, used, risky(NOON, "none", "dismissed").id("x").build()));
    gives(
        List.of(open, used, risky(NOON, "none", "dismissed").id("y").build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
    gives(
        List.of(
            open,
            used,
            risky(NOON, "none", "dismissed")
                .category("NonInteractiveUserSignInLogs")
                .id("x")
                .build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
    gives(
        List.of(
            open,
            used,
            risky(NOON, "high", "remediated").id("x").build(),
            risky(NOON, "none", "confirmedCompromised").id("x").build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
  }

  @Test
  void asksACopyWithoutToken_whetherTheRiskIsClosed() {
    Activity open = risky(NOON, "high", "atRisk").id("x").build();
    Activity used = uses(NOON + 60_000).build();
    Expected fired = finding(NOON, "at-sign-in", Severity.High, 1);
    Activity closing = risky(NOON, "none", "dismissed").token(null).id("x").build();
    gives(List.of(open, used, closing));
    gives(List.of(open, used, risky(NOON, "high", "remediated").token(null).id("X ").build()));
    gives(List.of(open, used, risky(NOON, "high", "dismissed").token(null).id("y").build()), fired);
    gives(
        List.of(
            open,
            used,
            closing,
            risky(NOON, "low", "confirmedCompromised").token(null).id("x").build()),
        fired);
    gives(List.of(used, risky(NOON, "high", "atRisk").token(null).id("x").build()));
  }

  @Test
  void closesARisk_byARecordOfItsId_thatNamesNoOrAnotherSignIn() {
    Activity open = found(NOON, "r1", "t1", "high", "atRisk").build();
    Activity used = uses(NOON + 60_000).build();
    Expected fired = finding(NOON, "found-later", Severity.High, 1);
    gives(List.of(open, used, found(NOON, "r1", null, "high", "dismissed").build()));
    gives(List.of(open, used, found(NOON + HOURS_48, "r1", "t2", "low", "remediated").build()));
    gives(List.of(open, used, found(NOON, "r2", null, "high", "dismissed").build()), fired);
    gives(
        List.of(
            open,
            used,
            found(NOON, "r1", "t1", "high", "dismissed").build(),
            found(NOON, "r1", null, "high", "confirmedCompromised").build()),
        fired);
  }

  @Test
  void doesNotFire_byACompromiseWhoseRecordNamesNoSignIn() {
    Activity used = uses(NOON + 60_000).build();
    gives(
        List.of(
            found(NOON, "r1", "t1", "low", "atRisk").build(),
            used,
            found(NOON, "r1", null, "high", "confirmedCompromised").build()));
    gives(
        List.of(
            found(NOON, "r1", "t1", "medium", "atRisk").build(),
            used,
            found(NOON + 1, "r1", "t2", "high", "confirmedCompromised").build()),
        finding(NOON, "found-later", Severity.Medium, 1));
  }

  private static Severity ofTwoNetworks(String alerted) {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN);
    run.see(risky(NOON, "medium", "atRisk").build());
    run.see(uses(NOON + 60_000).id("a").build());
    run.see(uses(NOON + 120_000).id("b").from("5.5.5.5").build());
    long at = NOON + 3_600_000L;
    run.see(alert("a", Instant.ofEpochMilli(at).toString()).namesAddresses(alerted));
    run.watermark(Instant.ofEpochMilli(at + 86_400_000L).toString());
    return run.active(RiskySignInUsed.ID).get(0).getSeverity();
  }

  @Test
  void isRaised_byAnAlertOnAnyAddressOfTheCalls() {
    assertThat(ofTwoNetworks("8.8.8.8")).isEqualTo(Severity.High);
    assertThat(ofTwoNetworks("5.5.5.5")).isEqualTo(Severity.High);
    assertThat(ofTwoNetworks("5.5.5.6")).isEqualTo(Severity.Medium);
  }

  @Test
  void isRaised_byAnAlertOnAnyAddressOfTheRecordsOfARisk() {
    LocalRun run = new LocalRun(RuleNumbers.atOnce(), KNOWN);
    run.see(
        found(NOON, "r1", "t1", "none", "confirmedCompromised")
            .with(activity -> activity.setAddress(null))
            .build());
    run.see(found(NOON + 1, "r1", "t1", "high", "confirmedCompromised").from("5.5.5.5").build());
    run.see(uses(NOON + 60_000).build());
    long at = NOON + 3_600_000L;
    run.see(alert("a", Instant.ofEpochMilli(at).toString()).namesAddresses("5.5.5.5"));
    run.watermark(Instant.ofEpochMilli(at + 86_400_000L).toString());
    assertThat(run.active(RiskySignInUsed.ID).get(0).getDefenderAlerts()).hasSize(1);
  }

  @Test
  void firesByTheLevel_ofARiskThatIsFoundLater() {
    gives(
        List.of(found(NOON, "r1", "t1", "medium", "atRisk").build(), uses(NOON + 60_000).build()),
        finding(NOON, "found-later", Severity.Medium, 1));
  }

  @Test
  void isClosed_byARecordWithoutId_andByAnIdInOtherSpelling() {
    Activity uses = uses(NOON + 60_000).build();
    Activity withoutId =
        found(NOON, "r1", "t1", "high", "dismissed")
            .with(activity -> activity.getRisk().setId(null))
            .build();
    gives(List.of(withoutId, uses));
    gives(List.of(risky(NOON, "high", "atRisk").build(), withoutId, uses));
    gives(
        List.of(
            withoutId,
            found(NOON, "r2", "t1", "medium", "atRisk").build(),
            found(NOON, "r3", "t1", "high", "atRisk")
                .with(activity -> activity.getRisk().setId(null))
                .build(),
            uses),
        finding(NOON, "found-later", Severity.High, 1));
    gives(
        List.of(
            found(NOON, "AB-12", "t1", "high", "atRisk").build(),
            found(NOON, " ab-12", "t1", "high", "remediated").build(),
            uses));
  }

  @Test
  void namesTheFirstReason_ofOneSeverity_andTheHigherOfTwo() {
    gives(
        List.of(
            risky(NOON, "medium", "atRisk").build(),
            found(NOON, "r1", "t1", "medium", "atRisk").build(),
            uses(NOON).build()),
        finding(NOON, "at-sign-in", Severity.Medium, 1));
    gives(
        List.of(
            risky(NOON, "medium", "atRisk").build(),
            found(NOON, "r1", "t1", "high", "atRisk").build(),
            uses(NOON).build()),
        finding(NOON, "found-later", Severity.High, 1));
  }

  @Test
  void takesConfirmedCompromiseForHigh_whateverTheLevel_andNeverForClosed() {
    gives(
        List.of(risky(NOON, "low", "confirmedCompromised").build(), uses(NOON).build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
    gives(
        List.of(
            found(NOON, "r1", "t1", "none", "confirmedCompromised").build(),
            found(NOON, "r1", "t1", "none", "dismissed").build(),
            uses(NOON).build()),
        finding(NOON, "found-later", Severity.High, 1));
    gives(
        List.of(
            risky(NOON, "none", "confirmedCompromised").build(),
            found(NOON, "r1", "t1", "none", "dismissed").build(),
            uses(NOON).build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
  }

  @Test
  void saysWhatIsConfirmed_andNotThatEntraRatedIt() {
    KitEngine.Run run = RuleCheck.of(new RiskySignInUsed()).with(KNOWN).run();
    run.enter(risky(NOON, "low", "confirmedCompromised"), uses(NOON + 60_000));
    assertThat(run.findings().get(0).getDescription())
        .contains(
            "is confirmed to be a compromise. The token t1 was accepted all the same, in 1 minute,")
        .doesNotContain("rated");
  }

  @Test
  void namesTheUser_whereTheSignInDoes_thoughTheCallIsEarlier() {
    KitEngine.Run run = RuleCheck.of(new RiskySignInUsed()).with(KNOWN).run();
    run.enter(
        risky(NOON, "high", "atRisk")
            .with(of -> of.setPrincipal(new Principal("ana", "ana@contoso.com", "user"))),
        uses(NOON - 60_000));
    assertThat(run.findings().get(0).getTitle())
        .isEqualTo("Token of a risky sign-in of ana@contoso.com accepted");
    assertThat(run.findings().get(0).getPrincipal().getName()).isEqualTo("ana@contoso.com");
  }

  @Test
  void tellsWhoseSignInWasAtRisk_thoughAnotherUserPresentedTheTokenFirst() {
    KitEngine.Run run = RuleCheck.of(new RiskySignInUsed()).with(KNOWN).run();
    run.enter(risky(NOON, "high", "atRisk"), uses(NOON - 60_000).by("bob"), uses(NOON + 60_000));
    assertThat(run.findings().get(0).getPrincipal().getId()).isEqualTo("bob");
    assertThat(run.findings().get(0).getTitle())
        .startsWith("Token of a risky sign-in of ana")
        .endsWith(" accepted");
    assertThat(run.findings().get(0).getDescription()).startsWith("Entra rated the sign-in of ana");
  }

  @Test
  void saysWhenARiskIsDated_whichNeedNotBeTheTimeOfTheSignIn() {
    KitEngine.Run run = RuleCheck.of(new RiskySignInUsed()).with(KNOWN).run();
    run.enter(found(NOON + 7_200_000, "r1", "t1", "high", "atRisk"), uses(NOON));
    assertThat(run.findings().get(0).getDescription())
        .startsWith(
            "Entra later found a risk of the sign-in of ana, dated 2026-11-19 14:00:00 UTC, and"
                + " rated it high. The token t1 was accepted");
  }

  @Test
  void isRetracted_whenTheRiskIsClosed() {
    gives(
        List.of(
            found(NOON, "r1", "t1", "high", "atRisk").build(),
            uses(NOON).build(),
            found(NOON, "r1", "t1", "none", "remediated").build()));
    gives(List.of(risky(NOON, "high", "dismissed").build(), uses(NOON).build()));
    gives(
        List.of(
            risky(NOON, "high", "atRisk").build(),
            uses(NOON).build(),
            found(NOON, "r1", "t1", "low", "confirmedSafe").build()));
  }

  @Test
  void isClosed_byARecordDated72HoursFromTheSignIn() {
    long evening = ActivityBuilder.at("2026-11-16T20:00:00Z");
    Activity open = risky(evening, "medium", "atRisk").build();
    Activity used = uses(evening + 600_000).build();
    long later = ActivityBuilder.at("2026-11-19T00:30:00Z");
    gives(List.of(open, used, found(later, "r1", "t1", "medium", "dismissed").build()));
    gives(List.of(open, used, found(evening + HOURS_72, "r1", "t1", "low", "remediated").build()));
    gives(List.of(open, used, found(evening - HOURS_72, "r1", "t1", "low", "remediated").build()));
  }

  @Test
  void asksEveryCopyOfASignInAtRisk_whetherItsAddressIsOfABackend() {
    Activity open = risky(NOON, "high", "atRisk").id("x").build();
    Activity used = uses(NOON + 60_000).build();
    String backend = "203.0.113.1";
    gives(List.of(open, used, risky(NOON, "high", "atRisk").id("x").from(backend).build()));
    gives(List.of(open, used, risky(NOON, "medium", "atRisk").id("x").from(backend).build()));
    gives(
        List.of(open, used, risky(NOON, "high", "atRisk").id("y").from(backend).build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
  }

  @Test
  void staysOpen_whenAnotherRiskEventIsClosed() {
    gives(
        List.of(
            found(NOON, "r1", "t1", "high", "atRisk").build(),
            found(NOON, "r2", "t1", "high", "dismissed").build(),
            uses(NOON).build()),
        finding(NOON, "found-later", Severity.High, 1));
  }

  @Test
  void readsARecordOfARisk_withoutAUser() {
    Activity risk = withoutUser(found(NOON, "r1", "t1", "high", "atRisk"));
    Activity closed = withoutUser(found(NOON + 1, "r1", "t1", "high", "dismissed"));
    Activity call = uses(NOON + 60_000).build();
    gives(List.of(risk, call), finding(NOON, "found-later", Severity.High, 1));
    gives(List.of(risk, call, closed));
    gives(List.of(found(NOON, "r1", "t1", "high", "atRisk").build(), call, closed));
  }

  private static Activity withoutUser(ActivityBuilder record) {
    Activity activity = record.build();
    activity.setPrincipal(null);
    return activity;
  }

  @Test
  void looksAsFarAs48Hours_toTheMillisecond() {
    Activity risk = risky(NOON, "high", "atRisk").build();
    gives(
        List.of(risk, uses(NOON + HOURS_48).build()),
        finding(NOON + HOURS_48, "at-sign-in", Severity.High, 1));
    gives(
        List.of(risk, uses(NOON - HOURS_48).build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
    gives(List.of(risk, uses(NOON + HOURS_48 + 1).build()));
    gives(List.of(risk, uses(NOON - HOURS_48 - 1).build()));
  }

  @Test
  void findsNothingOtherwise() {
    Activity risk = risky(NOON, "high", "atRisk").build();
    for (Activity call :
        List.of(
            uses(NOON).refused().build(),
            uses(NOON).status(-1).build(),
            uses(NOON).unvalidated().build(),
            uses(NOON).token("t2").build(),
            uses(NOON).from("203.0.113.1").build(),
            call(NOON).byWorkload("w", null).token("t1").build())) {
      gives(List.of(risk, call));
    }
    for (Activity source :
        List.of(
            risky(NOON, "low", "atRisk").build(),
            risky(NOON, null, null).build(),
            risky(NOON, "high", "atRisk").failed().build(),
            risky(NOON, "high", "atRisk").from("203.0.113.1").build(),
            found(NOON, "r1", null, "high", "atRisk").build(),
            found(NOON, "r1", "t1", "low", "atRisk").build(),
            found(NOON, "r1", "t1", "high", "atRisk").category("RiskyUsers").build())) {
      gives(List.of(source, uses(NOON).build()));
    }
  }

  @Test
  void needsNoAddress() {
    gives(
        List.of(risky(NOON, "high", null).build(), call(NOON).by("ana").token("t1").build()),
        finding(NOON, "at-sign-in", Severity.High, 1));
  }

  @Test
  void equalsTheOracle() {
    assertThat(histories(300)).isPositive();
  }

  @Tag("long")
  @Test
  void equalsTheOracle_inTenThousandHistories() {
    assertThat(histories(10_000)).isPositive();
  }

  private static int histories(int count) {
    return RuleCheck.of(new RiskySignInUsed())
        .with(KNOWN)
        .orders(4)
        .seed(20_261_128)
        .gives(count, RiskySignInUsedTest::history, RiskySignInUsedTest::oracle);
  }

  private static List<Activity> history(SplittableRandom random) {
    String[] levels = {"none", "low", "medium", "high", "High", "hidden"};
    String[] states = {
      "none", "atRisk", "atRisk", "dismissed", "remediated", "confirmedSafe", "confirmedCompromised"
    };
    long[] steps = {0, 60_000, 3_600_000, HOURS_48, HOURS_48 + 60_000, 86_400_000};
    long start = ActivityBuilder.at("2026-11-18T23:59:00Z");
    long at = start;
    List<Activity> events = new ArrayList<>();
    for (int i = random.nextInt(2, 9); i > 0; i--) {
      at += steps[random.nextInt(steps.length)];
      String level = levels[random.nextInt(levels.length)];
      String state = states[random.nextInt(states.length)];
      int kind = random.nextInt(4);
      ActivityBuilder each =
          kind == 0
              ? risky(start + random.nextInt(48) * 3_600_000L, level, state).id("s" + i)
              : kind == 1
                  ? found(start + 90_000_000L, "r" + random.nextInt(2), "t1", level, state)
                  : uses(at).status(random.nextInt(5) == 0 ? 403 : 200).id("c" + i);
      if (random.nextInt(6) == 0) {
        each.from("203.0.113.9");
      }
      events.add(each.build());
    }
    return events;
  }

  /** Finding of a day under way: what fired, and the minutes of the calls. */
  private static final class Found {
    final Set<String> fired = new HashSet<>();
    final Set<Long> minutes = new HashSet<>();
  }

  private static List<Expected> oracle(List<Activity> events) {
    Set<String> closed = new HashSet<>();
    for (Activity each : events) {
      Risk risk = each.getRisk();
      if (risk != null && CLOSING.contains(risk.getState().toLowerCase(Locale.ROOT))) {
        closed.add(risk.getId());
      }
    }
    for (Activity each : events) {
      Risk risk = each.getRisk();
      if (risk != null && risk.getState().equals("confirmedCompromised")) {
        closed.remove(risk.getId());
      }
    }
    Map<Integer, Found> days = new TreeMap<>();
    for (Activity source : events) {
      Risk risk = source.getRisk();
      SignIn signIn = source.getSignIn();
      if ((risk == null && signIn == null) || "203.0.113.9".equals(source.getAddress())) {
        continue;
      }
      String state = risk == null ? signIn.getRiskState() : risk.getState();
      String level =
          (risk == null ? signIn.getRiskLevel() : risk.getLevel()).toLowerCase(Locale.ROOT);
      boolean compromised = state.equals("confirmedCompromised");
      boolean high = compromised || level.equals("high");
      if (!high && !level.equals("medium")) {
        continue;
      }
      boolean isClosed =
          risk != null
              ? closed.contains(risk.getId())
              : !compromised
                  && (CLOSING.contains(state.toLowerCase(Locale.ROOT)) || !closed.isEmpty());
      if (isClosed) {
        continue;
      }
      for (Activity call : events) {
        if (call.getKind() == ActivityKind.API_CALL
            && call.getStatus() == 200
            && !"203.0.113.9".equals(call.getAddress())
            && Math.abs(call.getEventAt() - source.getEventAt()) <= HOURS_48) {
          int day = (int) (Math.max(call.getEventAt(), source.getEventAt()) / 86_400_000L);
          Found found = days.computeIfAbsent(day, key -> new Found());
          found.fired.add(
              (high ? "High " : "Medium ") + (risk == null ? "at-sign-in" : "found-later"));
          found.minutes.add(call.getEventAt() / 60_000L);
        }
      }
    }
    List<Expected> expected = new ArrayList<>();
    days.forEach(
        (day, found) -> {
          String best =
              List.of(
                      "High at-sign-in",
                      "High found-later",
                      "Medium at-sign-in",
                      "Medium found-later")
                  .stream()
                  .filter(found.fired::contains)
                  .findFirst()
                  .orElseThrow();
          String[] of = best.split(" ", 2);
          expected.add(
              Expected.of(
                  new Subject(Subject.Kind.TOKEN, "t1"),
                  day,
                  of[1],
                  Severity.valueOf(of[0]),
                  found.minutes.size()));
        });
    return expected;
  }

  @Test
  void callAfterTheLimit_saysInExplainHowLateItIs() {
    WhyNot.isOneCondition(
        new RiskySignInUsed(),
        KNOWN,
        List.of(
            risky(NOON, "high", null).build(),
            call(NOON + HOURS_48 + 1_800_000).by("ana").token("t1").from("8.8.8.8").build()),
        new Subject(Subject.Kind.TOKEN, "t1"),
        "time",
        "time suppressed {hoursBetween=48.5, limitHours=48.0}");
  }
}
