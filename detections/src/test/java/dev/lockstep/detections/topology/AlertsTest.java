package dev.lockstep.detections.topology;

import static dev.lockstep.detections.ActivityBuilder.alert;
import static dev.lockstep.detections.ActivityBuilder.call;
import static dev.lockstep.detections.ActivityBuilder.link;
import static dev.lockstep.detections.ActivityBuilder.resting;
import static dev.lockstep.detections.ActivityBuilder.signIn;
import static dev.lockstep.detections.ActivityBuilder.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Api;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts of Defender through the whole topology. */
final class AlertsTest {
  private static final String RULE = "defender-corroboration";
  private static final String LONDON = "10.1.0.1";
  private static final String NEW_YORK = "10.2.0.1";
  private static final String NOON = "2026-11-19T12:00:00Z";

  @TempDir private Path dir;

  private static Activity at(String time) {
    return watermark("signins", time);
  }

  private static ActivityBuilder unclaimed(String id) {
    return call(NOON).id(id).subscription("keys").from(LONDON);
  }

  private static List<Detection> active(Route route) {
    return route.findings().stream()
        .filter(finding -> !finding.getReason().equals("withdrawn"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void judgesAnAlert_onceNoRecordHasComeForTenMinutes(boolean persistent) {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", NOON).from(LONDON),
          alert("a", NOON).namesAddresses(LONDON),
          alert("a", NOON).severity(Severity.High).arrives(Duration.ofMinutes(9)));
      route.send(at("2026-11-19T12:10:30Z"));
      assertThat(route.findings()).isEmpty();
      route.send(at("2026-11-19T12:21:00Z"));
      assertThat(route.only())
          .extracting(Detection::getReason, Detection::getSeverity, Detection::getRevision)
          .containsExactly("flagged-address", Severity.High, 1);
    }
  }

  @Test
  void judgesAnAlert_byTheWallClock_whereTheSourcesStandStill() {
    try (Route route = new Route(dir)) {
      route.send(signIn("alice", NOON).from(LONDON), alert("a", NOON).namesAddresses(LONDON));
      assertThat(route.waits(Duration.ofMinutes(9)).findings()).isEmpty();
      assertThat(route.waits(Duration.ofMinutes(2)).findings()).hasSize(1);
      assertThat(route.waits(Duration.ofHours(2)).detections()).hasSize(1);
    }
  }

  @Test
  void waitsAsLong_whereTheAlertComesBeforeTheFirstTick() {
    try (Route route = new Route(dir, Instant.parse(NOON))) {
      route.send(signIn("alice", NOON).from(LONDON), alert("a", NOON).namesAddresses(LONDON));
      assertThat(route.waits(Duration.ofSeconds(1)).findings()).isEmpty();
      assertThat(route.waits(Duration.ofMinutes(11)).findings()).hasSize(1);
    }
  }

  @Test
  void waitsForNoSourceThatIsBehind_whereSomethingHangsOnAnAbsence() {
    try (Route route = new Route(dir)) {
      route.send(watermark("links", "1970-01-01T00:00:00Z"));
      route.send(
          signIn("alice", NOON).from(LONDON),
          unclaimed("c"),
          alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T12:10:00Z"));
      assertThat(route.only().getPrincipal().getId()).isEqualTo("alice");
      route.send(at("2026-11-19T12:59:00Z"));
      assertThat(route.findings()).hasSize(1);
      route.send(at("2026-11-19T13:01:00Z"));
      assertThat(active(route)).hasSize(2);
      route.send(link(NOON, "c").presents("t", "alice").arrives(Duration.ofHours(20)));
      assertThat(active(route)).hasSize(1);
    }
  }

  /** As where one capture is played after another, and the first one was of later days. */
  @Test
  void saysWhatWasOverdueWhenItCame_onceItsOwnSourceRests() {
    try (Route route = new Route(dir)) {
      route.send(resting(NOON, NOON));
      route.send(at("2026-12-19T12:00:00Z"));
      route.send(
          signIn("alice", NOON).from(LONDON),
          unclaimed("c"),
          alert("a", NOON).namesAddresses(LONDON));
      route.send(resting(NOON, NOON));
      assertThat(route.findings()).isEmpty();
      route.send(resting(NOON, "2026-11-19T14:00:00Z"));
      assertThat(active(route))
          .extracting(finding -> finding.getPrincipal().getId())
          .containsExactlyInAnyOrder("alice", "keys");
      route.send(unclaimed("d").from(NEW_YORK), alert("b", NOON).namesAddresses(NEW_YORK));
      assertThat(active(route)).hasSize(2);
      route.send(resting(NOON, "2026-11-19T14:00:00Z"));
      assertThat(active(route)).hasSize(3);
    }
  }

  @Test
  void saysAnAlertAgain_whenALaterRecordChangesIt() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK),
          alert("a", NOON).severity(Severity.Low).namesAccounts("alice"));
      route.send(at("2026-11-19T12:30:00Z"));
      assertThat(route.only().getSeverity()).isEqualTo(Severity.Medium);
      assertThat(route.counters().coverage().get(RULE)).containsEntry("alertsBelowMedium", 1L);
      route.send(alert("a", NOON).severity(Severity.Medium).arrives(Duration.ofHours(40)));
      route.send(at("2026-11-21T04:30:00Z"));
      assertThat(route.only())
          .extracting(Detection::getReason, Detection::getSeverity, Detection::getRevision)
          .containsExactly("impossible-travel", Severity.High, 2);
      assertThat(route.counters().coverage().get(RULE)).containsEntry("escalated", 1L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 65})
  void saysThatMoreAlertsNameAnAddressThanAreKept_inAnyOrder(int alerts) {
    SplittableRandom random = new SplittableRandom(20_261_130);
    for (int order = 0; order < 3; order++) {
      List<Activity> events = new ArrayList<>();
      events.add(signIn("alice", NOON).from(LONDON).build());
      for (int i = 0; i < alerts; i++) {
        events.add(
            random.nextInt(events.size() + 1), alert("a" + i, NOON).namesAddresses(LONDON).build());
      }
      try (Route route = new Route(dir.resolve(alerts + " " + order))) {
        for (Activity event : events) {
          route.send(event);
          if (random.nextInt(20) == 0) {
            route.waits(Duration.ofMinutes(11));
          }
        }
        route.send(at("2026-11-19T15:30:00Z"));
        assertThat(route.only())
            .extracting(Detection::getReason, Detection::getOverflow)
            .containsExactly("flagged-address", alerts == 64 ? null : true);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 257})
  void saysThatAnAlertNamesMoreAddressesThanAreKept(int addresses) {
    try (Route route = new Route(dir)) {
      List<Activity> events = new ArrayList<>();
      String[] named = new String[addresses];
      for (int i = 0; i < addresses; i++) {
        named[i] = "11.0.%d.%d".formatted(i / 200, i % 200 + 1);
        events.add(signIn("user-" + i, NOON).from(named[i]).build());
      }
      events.add(alert("a", NOON).namesAddresses(named).build());
      events.forEach(route::send);
      route.send(at("2026-11-19T12:30:00Z"));
      assertThat(route.findings())
          .hasSize(256)
          .extracting(Detection::getOverflow)
          .containsOnly(addresses == 256 ? null : true);
    }
  }

  /** Neither address has enough refused calls for a finding of its own. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void raisesTheProbingOfAPrincipal_byAnAlertOnAnAddressOfAnyOfItsCalls(boolean isAlertFirst) {
    long at = ActivityBuilder.at(NOON);
    List<Activity> refused = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Api api = new Api();
      api.setApi("orders");
      api.setOperation("op" + i % 5);
      Activity call =
          call(at + i * 1_000L)
              .id("refused " + i)
              .from(i == 19 ? NEW_YORK : LONDON)
              .presents("t", "alice")
              .status(i % 2 == 0 ? 401 : 403)
              .build();
      call.setApi(api);
      refused.add(call);
    }
    try (Route route = new Route(dir)) {
      Activity alert = alert("a", NOON).namesAddresses(NEW_YORK).build();
      if (isAlertFirst) {
        route.send(alert);
        route.send(at("2026-11-19T12:30:00Z"));
      }
      refused.forEach(route::send);
      if (!isAlertFirst) {
        route.send(alert);
      }
      route.send(at("2026-11-19T13:30:00Z"));
      assertThat(route.findings())
          .extracting(Detection::getReason, Detection::getSeverity)
          .containsExactly(tuple("probing", Severity.High));
      assertThat(route.only().getEntities())
          .extracting(entity -> entity.get("Address"))
          .contains(LONDON, NEW_YORK);
    }
  }

  @Test
  void raisesAndFlags_whicheverComesFirst() {
    try (Route route = new Route(dir)) {
      route.send(alert("a", NOON).namesAddresses(LONDON).namesUpns("alice@contoso.com"));
      route.send(at("2026-11-19T12:30:00Z"));
      route.send(
          signIn("alice", "2026-11-19T11:00:00Z").from(LONDON),
          signIn("alice", NOON).from(NEW_YORK),
          signIn("bob", NOON).from(LONDON));
      assertThat(active(route))
          .extracting(Detection::getReason, Detection::getSeverity)
          .containsExactlyInAnyOrder(
              tuple("impossible-travel", Severity.High), tuple("flagged-address", Severity.Medium));
      route.send(alert("a", NOON).own());
      route.send(at("2026-11-19T12:50:00Z"));
      assertThat(active(route))
          .extracting(Detection::getReason, Detection::getSeverity)
          .containsExactly(tuple("impossible-travel", Severity.Medium));
      assertThat(route.gate(RULE, "own-alert")).isEqualTo(1);
    }
  }

  @Test
  void saysWhatIsOverdueAfterARestart_whereNothingComesAnyMore() {
    try (Route now = new Route(dir.resolve("now"))) {
      now.send(signIn("alice", NOON).from(LONDON), alert("a", NOON).namesAddresses(LONDON));
      assertThat(now.findings()).isEmpty();
      try (Route next = new Route(dir.resolve("next"))) {
        next.send(at("2026-11-19T13:30:00Z"));
        assertThat(next.restoreFrom(now).findings()).hasSize(1);
      }
    }
  }

  @Test
  void ignoresAnAlertOfOurOwn() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", NOON).from(LONDON),
          alert("a", NOON).namesAddresses(LONDON).own(),
          alert("a", NOON).namesAddresses(LONDON).own());
      route.send(at("2026-11-19T13:00:00Z"));
      assertThat(route.findings()).isEmpty();
      assertThat(route.gate(RULE, "own-alert")).isEqualTo(1);
    }
  }

  @Test
  void flagsASubscription_onlyOnceNoLinkHasComeForAnHour() {
    try (Route route = new Route(dir)) {
      route.send(unclaimed("c1"), alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T12:45:00Z"));
      assertThat(route.findings()).isEmpty();
      route.send(at("2026-11-19T13:05:00Z"));
      assertThat(route.only().getPrincipal().getType()).isEqualTo("subscription");
      assertThat(route.only().getPrincipal().getId()).isEqualTo("keys");
    }
  }

  @Test
  void flagsAUser_andNotTheSubscription_whereALinkHasTheClaims() {
    try (Route route = new Route(dir)) {
      route.send(
          unclaimed("c1"),
          link(NOON, "c1").presents("t", "alice"),
          alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T14:00:00Z"));
      assertThat(route.only().getPrincipal().getId()).isEqualTo("alice");
    }
  }

  @Test
  void takesTheSubscriptionsFindingBack_whenTheLinkComesLate() {
    try (Route route = new Route(dir)) {
      route.send(unclaimed("c1"), unclaimed("c2"), alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T14:00:00Z"));
      assertThat(active(route)).hasSize(1);
      route.send(link(NOON, "c1").presents("t", "alice").arrives(Duration.ofHours(3)));
      assertThat(active(route))
          .extracting(finding -> finding.getPrincipal().getId())
          .containsExactly("keys", "alice");
      route.send(link(NOON, "c2").presents("t2", "alice").arrives(Duration.ofHours(3)));
      assertThat(active(route))
          .extracting(finding -> finding.getPrincipal().getId())
          .containsExactly("alice");
    }
  }

  @Test
  void isTheSubscriptionsAtOnce_whereClaimsAreNotValidated_untilABetterLinkComes() {
    try (Route route = new Route(dir)) {
      route.send(
          unclaimed("c1"),
          link(NOON, "c1").claimsOnly("t", "alice"),
          alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T12:30:00Z"));
      assertThat(route.only().getPrincipal().getId()).isEqualTo("keys");
      route.send(link("2026-11-19T12:00:01Z", "c1").presents("t", "alice"));
      assertThat(active(route))
          .extracting(finding -> finding.getPrincipal().getId())
          .containsExactly("alice");
    }
  }

  @Test
  void settlesTheFirstFewCallsOfABusyMinute() {
    try (Route route = new Route(dir)) {
      for (int i = 0; i < 50; i++) {
        route.send(unclaimed("c" + i));
      }
      route.send(alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T14:00:00Z"));
      assertThat(route.counters().coverage().get(RULE)).containsEntry("callsWithAddress", 9L);
      assertThat(route.only().getCount()).isEqualTo(1);
    }
  }

  @Test
  void takesACallForItsSubscriptions_whoseClaimsNameNobody() {
    try (Route route = new Route(dir)) {
      route.send(unclaimed("c").presentsNobodys("t"), alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T12:30:00Z"));
      assertThat(route.only().getPrincipal().getId()).isEqualTo("keys");
    }
  }

  @Test
  void forgetsAlertsAndPresence_afterAMonth() {
    try (Route route = new Route(dir)) {
      route.send(signIn("alice", NOON).from(LONDON), alert("a", NOON).namesAddresses(LONDON));
      route.send(at("2026-11-19T13:00:00Z"));
      for (String store : List.of(Route.PRINCIPALS, Route.SUBJECTS, Route.FINDINGS)) {
        assertThat(route.kept(store)).as(store).isPositive();
      }
      route.send(at("2027-02-27T13:00:00Z"));
      route.send(at("2027-02-28T13:10:00Z"));
      route.sweeps();
      for (String store : List.of(Route.PRINCIPALS, Route.SUBJECTS, Route.FINDINGS)) {
        assertThat(route.kept(store)).as(store).isZero();
      }
    }
  }

  @Test
  void repeatsAFinding_afterAWhileThatDoubles() {
    try (Route route = new Route(dir)) {
      route.send(
          call("2026-11-19T10:00:00Z").subscription("declared-prod").from("10.14.0.1"),
          call("2026-11-19T10:01:00Z").subscription("declared-prod").from("10.14.0.1"),
          call("2026-11-19T10:02:00Z").subscription("declared-prod").from("10.14.0.1"));
      assertThat(route.detections()).extracting(Detection::getCount).containsExactly(1);
      route.waits(Duration.ofSeconds(4));
      assertThat(route.detections()).hasSize(1);
      route.waits(Duration.ofSeconds(2));
      assertThat(route.detections()).extracting(Detection::getCount).containsExactly(1, 3);
      route.send(call("2026-11-19T10:03:00Z").subscription("declared-prod").from("10.14.0.1"));
      assertThat(route.waits(Duration.ofSeconds(9)).detections()).hasSize(2);
      assertThat(route.waits(Duration.ofSeconds(2)).detections())
          .extracting(Detection::getCount, Detection::getRevision)
          .containsExactly(tuple(1, 1), tuple(3, 2), tuple(4, 3));
      assertThat(route.waits(Duration.ofHours(1)).detections()).hasSize(3);
    }
  }

  @Test
  void saysAtOnce_whatMatters_andWithItWhatWaits() {
    try (Route route = new Route(dir)) {
      route.send(
          signIn("alice", "2026-11-19T10:00:00Z").from(LONDON),
          signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK),
          signIn("alice", "2026-11-19T11:05:00Z").from("10.2.0.3"),
          alert("a", NOON).namesAccounts("alice"));
      assertThat(route.detections()).hasSize(1);
      route.send(at("2026-11-19T13:00:00Z"));
      assertThat(route.detections())
          .extracting(Detection::getSeverity, Detection::getCount)
          .containsExactly(tuple(Severity.Medium, 1), tuple(Severity.High, 2));
      assertThat(route.waits(Duration.ofHours(1)).detections()).hasSize(2);
    }
  }

  @Test
  void goesOnFromItsStores_afterEveryEvent() {
    List<Activity> events = new ArrayList<>();
    events.add(at("2026-11-19T09:00:00Z"));
    events.add(signIn("alice", "2026-11-19T10:00:00Z").from(LONDON).build());
    events.add(unclaimed("c1").build());
    events.add(signIn("alice", "2026-11-19T11:00:00Z").from(NEW_YORK).build());
    events.add(signIn("alice", "2026-11-19T11:30:00Z").from("10.2.0.2").build());
    events.add(alert("a", NOON).namesAddresses(LONDON).build());
    events.add(alert("a", NOON).severity(null).namesUpns("alice@contoso.com").build());
    events.add(at("2026-11-19T12:25:00Z"));
    events.add(signIn("bob", "2026-11-19T12:20:00Z").from(LONDON).build());
    events.add(at("2026-11-19T14:00:00Z"));
    events.add(link(NOON, "c1").presents("t", "carol").arrives(Duration.ofHours(2)).build());
    events.add(alert("a", NOON).severity(Severity.High).arrives(Duration.ofHours(2)).build());
    events.add(at("2026-11-19T15:00:00Z"));
    events.add(signIn("bob", "2026-11-19T12:21:00Z").from(LONDON).build());
    try (Route atOnce = new Route(dir.resolve("at-once"))) {
      events.forEach(atOnce::send);
      atOnce.waits(Duration.ofHours(1));
      List<Detection> revisions = new ArrayList<>();
      Route now = new Route(dir.resolve("0"));
      for (int i = 0; i < events.size(); i++) {
        now.send(events.get(i));
        revisions.addAll(now.detections());
        Route next = new Route(dir.resolve("n" + i));
        next.restoreFrom(now);
        now.close();
        now = next;
      }
      now.waits(Duration.ofHours(1));
      revisions.addAll(now.detections());
      now.close();
      assertThat(revisions).isEqualTo(atOnce.detections()).hasSizeGreaterThan(6);
    }
  }
}
