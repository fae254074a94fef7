package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Demo cases in which an alert of Defender confirms nothing. The alerts are, for example, of
 * another time, of low severity, or about an address that many share.
 */
final class DefenderNearMisses extends SceneCases {
  private static final Site FLAGGED = FlaggedAddresses.FLAGGED;

  DefenderNearMisses(Scene scene) {
    super(scene);
  }

  void play() {
    classes();
    named();
    linkOfOneWhoIsNamed();
    own();
    severities();
    times();
    refusals();
    future();
    ofNobody();
  }

  private void nearMiss(String name, @Nullable String gate, Subject who, String why) {
    expect.nearMiss(name, Expectations.DEFENDER, gate, who, why);
  }

  private void nearMiss(String name, @Nullable String gate, Account who, String why) {
    nearMiss(name, gate, Subject.of(who), why);
  }

  private Account stolen(String name, Site minted, int host, int day, Instant start) {
    Account who = cast.user();
    UUID token = recording.token();
    scene.add(SignIn.of(who, minted, host, start).minting(token).once());
    scene.add(
        Call.from(TokenCases.VPN + host, start.plus(minutes(12)))
            .traced(Link.of(who, token, start))
            .once());
    expect.fires(
        name, Expectations.REPLAY, "two-networks", "Medium", 2, day, Subject.of(who, token));
    return who;
  }

  private void classes() {
    Account who = cast.user();
    Instant start = slot(24);
    recording.stream(alert(start).naming(Site.OFFICE.address(210)));
    scene.add(SignIn.of(who, Site.OFFICE, 210, start.plus(minutes(10))));
    nearMiss(
        "flagged-office", "corporate-egress", who, "All of the office's users share that address.");

    who = cast.user();
    start = slot(25);
    recording.export(alert(start).naming(Site.WEB_APPS.address(210)));
    scene.add(call(Site.WEB_APPS.address(210), start.plus(minutes(10)), who));
    nearMiss(
        "flagged-server-of-ours", "backend", who, "One of our own servers calls for many users.");

    who = cast.user();
    start = slot(24);
    Site proxy = Site.HOME.at(TokenCases.FRONT_DOOR);
    recording.stream(alert(start).naming(proxy.address(210)));
    scene.add(SignIn.of(who, proxy, 210, start.plus(minutes(10))));
    nearMiss("flagged-proxy", "trusted-proxy", who, "Many clients share the proxy's address.");

    start = slot(25);
    stolen("office-and-vpn-with-an-alert-on-the-office", Site.OFFICE, 240, 25, start);
    recording.stream(alert(start.plus(minutes(200))).naming(Site.OFFICE.address(240)));
  }

  private void named() {
    Account who = cast.user();
    Instant start = slot(24);
    recording.export(alert(start).naming(FLAGGED.address(110)).naming(who.shouting()));
    scene.add(SignIn.of(who, FLAGGED, 110, start.minus(minutes(10))));
    nearMiss("named-by-id", "already-named", who, "The alert names the user itself.");

    who = cast.user();
    start = slot(25);
    recording.stream(alert(start).naming(FLAGGED.address(111)).namingByName(who));
    scene.add(SignIn.of(who, FLAGGED, 111, start.plus(minutes(10))));
    nearMiss("named-by-name", "already-named", who, "The alert names the user itself.");

    // The evidence that names the user comes hours after the address, and retracts the finding.
    who = cast.user();
    start = slot(24);
    Alert alert = alert(start).naming(FLAGGED.address(112));
    recording.stream(alert);
    scene.add(SignIn.of(who, FLAGGED, 112, start.plus(minutes(10))));
    alert.naming(who);
    recording.evidence(alert, Duration.ofHours(9));
    nearMiss(
        "named-hours-later", "already-named", who, "The record that names the user came late.");

    // The sign-in under the name is far from the address and 23 hours after the alert.
    who = cast.user();
    start = at(24, "10:10:00");
    recording.export(alert(start).naming(FLAGGED.address(113)).namingByName(who));
    scene.add(call(FLAGGED.address(113), start.plus(minutes(10)), who));
    scene.add(SignIn.of(who, Site.HOME, 30, start.plus(minutes(1_380))));
    nearMiss(
        "named-by-a-later-sign-in",
        "already-named",
        who,
        "The user signed in under the name that the alert has.");
  }

  private void linkOfOneWhoIsNamed() {
    Account who = cast.user();
    Instant start = slot(25);
    recording.stream(alert(start).naming(FLAGGED.address(114)).naming(who));
    Instant called = start.plus(minutes(12));
    scene.add(
        Call.from(FLAGGED.address(114), called)
            .by("northwind-canteen", "")
            .linked(Link.of(who, recording.token(), called.minusSeconds(90)), Duration.ofHours(2))
            .once());
    nearMiss("late-link-of-one-who-is-named", "already-named", who, "The alert names the caller.");
    nearMiss(
        "key-of-a-late-link",
        null,
        Subject.subscription("northwind-canteen", null),
        "The identity link names the call's user.");
  }

  private void own() {
    Account flagged = cast.user();
    Instant start = slot(24);
    Alert alert =
        alert(start)
            .naming(FLAGGED.address(115))
            .by("Microsoft Sentinel", "Lockstep: token replay")
            .severity("High");
    recording.stream(alert);
    scene.add(SignIn.of(flagged, FLAGGED, 115, start.plus(minutes(10))));
    nearMiss(
        "address-in-an-alert-of-ours",
        "own-alert",
        flagged,
        "The alert repeats a finding of Lockstep.");

    start = slot(25);
    Account raised = stolen("finding-in-an-alert-of-ours", Site.HOME, 241, 25, start);
    recording.stream(
        alert(start.plus(minutes(40)))
            .naming(raised)
            .by("Microsoft Sentinel", "Lockstep: token replay"));
    expect.atLeast(Expectations.DEFENDER, "own-alert", 1);
  }

  private void severities() {
    Account who = cast.user();
    Instant start = slot(24);
    recording.stream(alert(start).naming(FLAGGED.address(116)).severity("Low"));
    scene.add(SignIn.of(who, FLAGGED, 116, start.plus(minutes(10))));
    nearMiss("low-alert-on-the-address", null, who, "The alert's severity is below Medium.");

    start = slot(25);
    Account raised = stolen("low-alert-on-the-user", Site.HOME, 242, 25, start);
    Alert alert = alert(start.plus(minutes(100))).naming(raised).severity("Low");
    recording.export(alert);
    alert.severity("Informational");
    recording.export(alert);
  }

  private void times() {
    for (int away : new int[] {-61, 61}) {
      Account who = cast.user();
      Instant start = slot(24).plus(minutes(61));
      int host = away < 0 ? 117 : 118;
      recording.stream(alert(start).naming(FLAGGED.address(host)));
      scene.add(SignIn.of(who, FLAGGED, host, start.plus(minutes(away))));
      nearMiss(
          "an-hour-and-a-minute: " + away,
          null,
          who,
          "The sign-in is more than an hour from the alert.");
    }
    Instant start = at(24, "11:10:00");
    Account after = stolen("alert-of-the-next-day", Site.HOME, 243, 24, start);
    recording.stream(alert(start.plus(minutes(12 + 1_500))).naming(after));

    start = at(25, "11:20:00");
    Account before = stolen("alert-of-the-day-before", Site.HOME, 244, 25, start);
    recording.export(alert(start.minus(minutes(1_500))).naming(before));

    // The name is the user's, but only by a sign-in 25 hours from the alert.
    start = at(24, "11:30:00");
    Account name = stolen("alert-by-name-of-the-next-day", Site.HOME, 245, 24, start);
    recording.stream(alert(start.plus(minutes(1_500))).namingByName(name));
  }

  private void refusals() {
    Account failed = cast.user();
    Instant start = slot(24);
    recording.stream(alert(start).naming(FLAGGED.address(120)));
    scene.add(SignIn.of(failed, FLAGGED, 120, start.plus(minutes(10))).failed(50126));
    nearMiss("failed-sign-in-there", null, failed, "The sign-in failed.");

    Account refused = cast.user();
    start = slot(25);
    recording.export(alert(start).naming(FLAGGED.address(121)));
    int minute = 0;
    for (int status : new int[] {401, 403, 407, 429}) {
      scene.add(
          call(FLAGGED.address(121), start.plus(minutes(++minute)), refused).answered(status));
    }
    nearMiss("refused-calls-there", null, refused, "The gateway refused the calls.");
  }

  private void future() {
    Account who = cast.user();
    Instant start = slot(24);
    Alert alert = alert(start.plus(Duration.ofMinutes(30))).naming(FLAGGED.address(122));
    recording.info(alert, Duration.ofMinutes(-30));
    recording.evidence(alert, Duration.ofMinutes(-30));
    expect.quarantines(2);
    scene.add(SignIn.of(who, FLAGGED, 122, start.plus(minutes(5))));
    nearMiss("alert-from-the-future", null, who, "An alert from the future lies in quarantine.");
  }

  private void ofNobody() {
    Account who = cast.user();
    Instant start = slot(25);
    scene.add(SignIn.of(who, FLAGGED, 123, start));
    recording.export(alert(start));
    recording.info(alert(start).naming(FLAGGED.address(123)), Duration.ofMinutes(2));
    nearMiss(
        "alerts-that-name-nothing",
        null,
        who,
        "One alert has no entities, the other never gets its evidence rows.");
  }
}
