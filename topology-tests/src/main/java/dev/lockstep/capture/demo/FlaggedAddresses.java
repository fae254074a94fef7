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

/**
 * Cases of {@code defender-corroboration} for the demo: addresses that an alert names, and
 * principals that sign in or call from there within the hour.
 */
final class FlaggedAddresses extends SceneCases {
  /** Network of somebody's home, with the addresses that the alerts of these cases name. */
  static final Site FLAGGED = Site.HOME.at("198.19.70.");

  FlaggedAddresses(Scene scene) {
    super(scene);
  }

  void play() {
    severities();
    workloads();
    subscriptions();
    linksThatComeLater();
    minutesAndHours();
    severalAddresses();
    spellings();
    updates();
    named();
  }

  private void flags(
      String name, String severity, int count, int day, Account who, String ip, Alert... alerts) {
    expect.flags(name, severity, count, day, Subject.at(who, ip), alerts);
  }

  private Call call(int host, Instant at, Account who) {
    return call(FLAGGED.address(host), at, who);
  }

  private void severities() {
    signIn("sign-in-after-the-alert", "Medium", FLAGGED, 10, "Medium", 20, 24);
    signIn("sign-in-before-the-alert", "High", FLAGGED, 11, "High", -40, 25);
    signIn("sign-in-by-phone", "Low", Site.PHONE, 212, "Medium", 15, 24);
    signIn("sign-in-by-phone-high", "Medium", Site.PHONE, 213, "High", -15, 25);
    signIn("nearly-an-hour-after", "Medium", FLAGGED, 14, "Medium", 59, 24);
    signIn("nearly-an-hour-before", "Medium", FLAGGED, 15, "Medium", -59, 25);

    Account who = cast.user();
    Instant start = slot(24);
    Alert alert = alert(start).naming(FLAGGED.address(16));
    recording.export(alert);
    scene.add(SignIn.of(who, FLAGGED, 16, start.plus(minutes(9))).nonInteractive());
    flags("sign-in-of-an-app", "Medium", 1, 24, who, FLAGGED.address(16), alert);

    who = cast.user();
    start = slot(25);
    alert = alert(start).naming(FLAGGED.address(17));
    recording.stream(alert);
    scene.add(call(17, start.plus(minutes(9)), who).answered(404));
    flags("call-that-found-nothing", "Medium", 1, 25, who, FLAGGED.address(17), alert);
  }

  private void signIn(
      String name, String severity, Site site, int host, String alerted, int after, int day) {
    Account who = cast.user();
    Instant start = slot(day).plus(minutes(60));
    Alert alert = alert(start).naming(site.address(host)).severity(alerted);
    recording.stream(alert);
    scene.add(SignIn.of(who, site, host, start.plus(minutes(after))));
    flags(name, severity, 1, day, who, site.address(host), alert);
  }

  private void workloads() {
    Account caller = cast.workload("Northwind label printer");
    Instant start = slot(24);
    Alert alert = alert(start).naming(FLAGGED.address(20));
    recording.stream(alert);
    scene.add(call(20, start.plus(minutes(12)), caller));
    flags("call-of-a-workload", "Medium", 1, 24, caller, FLAGGED.address(20), alert);

    Account signing = cast.workload("Northwind price feed");
    start = slot(25);
    alert = alert(start).naming(FLAGGED.address(21)).severity("High");
    recording.export(alert);
    scene.add(SignIn.of(signing, FLAGGED, 21, start.plus(minutes(12))));
    flags("sign-in-of-a-workload", "High", 1, 25, signing, FLAGGED.address(21), alert);
  }

  private void subscriptions() {
    Instant start = slot(24);
    Alert alert = alert(start).naming(FLAGGED.address(22));
    recording.stream(alert);
    scene.add(
        Call.from(FLAGGED.address(22), start.plus(minutes(12))).by("northwind-kiosk", "").once());
    expect.flags(
        "call-with-a-key-only",
        "Medium",
        1,
        24,
        Subject.subscription("northwind-kiosk", FLAGGED.address(22)),
        alert);

    start = slot(25);
    alert = alert(start.plus(minutes(30))).naming(FLAGGED.address(23)).severity("High");
    recording.export(alert);
    Account claimed = cast.user();
    scene.add(
        Call.from(FLAGGED.address(23), start)
            .by("northwind-signage", "")
            .traced(Link.of(claimed, recording.token(), start).unvalidated())
            .once());
    expect.flags(
        "claims-that-nobody-validated: the key",
        "High",
        1,
        25,
        Subject.subscription("northwind-signage", FLAGGED.address(23)),
        alert);
    expect.nearMiss(
        "claims-that-nobody-validated: the user",
        Expectations.DEFENDER,
        null,
        Subject.of(claimed),
        "An attacker may have made up unvalidated claims.");
  }

  private void linksThatComeLater() {
    late("link-within-the-hour", "northwind-lobby", 24, Duration.ofMinutes(30), 24);
    late("link-after-hours", "northwind-stage", 25, Duration.ofHours(3), 24);
  }

  private void late(String name, String key, int host, Duration after, int day) {
    Account who = cast.user();
    Instant start = slot(day);
    Alert alert = alert(start).naming(FLAGGED.address(host));
    recording.stream(alert);
    Instant called = start.plus(minutes(12));
    scene.add(
        Call.from(FLAGGED.address(host), called)
            .by(key, "")
            .linked(Link.of(who, recording.token(), called.minusSeconds(90)), after)
            .once());
    flags(name + ": the user", "Medium", 1, day, who, FLAGGED.address(host), alert);
    expect.nearMiss(
        name + ": the key",
        Expectations.DEFENDER,
        null,
        Subject.subscription(key, null),
        "The identity link names the call's user.");
  }

  private void minutesAndHours() {
    Account who = cast.user();
    Instant start = at(24, "14:00:10");
    Alert alert = alert(start).naming(FLAGGED.address(30));
    recording.stream(alert);
    for (int seconds : new int[] {-3700, -1800, 300, 330, 2000, 2020, 3800}) {
      scene.add(call(30, start.plusSeconds(seconds), who));
    }
    scene.add(SignIn.of(who, FLAGGED, 30, start.plusSeconds(2025)));
    flags("three-minutes-of-an-hour", "Medium", 3, 24, who, FLAGGED.address(30), alert);

    who = cast.user();
    alert = alert(at(25, "00:05:00")).naming(FLAGGED.address(31));
    recording.export(alert);
    scene.add(SignIn.of(who, FLAGGED, 31, at(24, "23:50:00")));
    scene.add(SignIn.of(who, FLAGGED, 31, at(25, "00:20:00")).nonInteractive());
    flags("one-alert-over-midnight: the evening", "Medium", 1, 24, who, FLAGGED.address(31), alert);
    flags("one-alert-over-midnight: the morning", "Medium", 1, 25, who, FLAGGED.address(31), alert);

    who = cast.user();
    start = slot(22);
    alert = alert(start).naming(FLAGGED.address(32)).arriving(Duration.ofMinutes(4_290));
    recording.stream(alert);
    scene.add(SignIn.of(who, FLAGGED, 32, start.plus(minutes(10))));
    flags("flagged-three-days-later", "Medium", 1, 22, who, FLAGGED.address(32), alert);

    who = cast.user();
    start = slot(25);
    alert = alert(start).naming(FLAGGED.address(33));
    recording.export(alert);
    scene.add(SignIn.of(who, FLAGGED, 33, start.minus(minutes(20))).arriving(Duration.ofHours(20)));
    flags("sign-in-known-a-day-later", "Medium", 1, 25, who, FLAGGED.address(33), alert);
  }

  private void severalAddresses() {
    Account who = cast.user();
    Instant start = slot(24);
    Alert two = alert(start).naming(FLAGGED.address(34), FLAGGED.address(35));
    recording.export(two);
    scene.add(SignIn.of(who, FLAGGED, 34, start.plus(minutes(5))));
    scene.add(SignIn.of(who, FLAGGED, 35, start.plus(minutes(8))));
    scene.add(SignIn.of(who, FLAGGED, 35, start.plus(minutes(11))));
    flags("one-alert-two-addresses: one", "Medium", 1, 24, who, FLAGGED.address(34), two);
    flags("one-alert-two-addresses: other", "Medium", 2, 24, who, FLAGGED.address(35), two);

    who = cast.user();
    Account neighbour = cast.user();
    start = slot(25);
    Alert first = alert(start).naming(FLAGGED.address(36));
    Alert second = alert(start.plus(minutes(50))).naming(FLAGGED.address(36)).severity("High");
    recording.export(first);
    recording.stream(second);
    scene.add(SignIn.of(who, FLAGGED, 36, start.plus(minutes(5))));
    scene.add(SignIn.of(neighbour, FLAGGED, 36, start.plus(minutes(100))));
    flags("two-alerts-one-address", "High", 1, 25, who, FLAGGED.address(36), second, first);
    flags(
        "two-alerts-one-address: a neighbour",
        "High",
        1,
        25,
        neighbour,
        FLAGGED.address(36),
        second);
  }

  private void spellings() {
    Account who = cast.user();
    Instant start = slot(24);
    Site wide = Site.HOME.at("2001:db8:70::");
    Alert alert = alert(start).naming("2001:0DB8:0070:0:0:0:0:25");
    recording.stream(alert);
    scene.add(SignIn.of(who, wide, 25, start.plus(minutes(10))));
    flags("ipv6-in-another-spelling", "Medium", 1, 24, who, wide.address(25), alert);

    who = cast.user();
    start = slot(25);
    alert = alert(start).naming("::ffff:" + FLAGGED.address(37));
    recording.export(alert);
    scene.add(SignIn.of(who, FLAGGED, 37, start.plus(minutes(10))));
    flags("mapped-address", "Medium", 1, 25, who, FLAGGED.address(37), alert);
  }

  private void updates() {
    Account who = cast.user();
    Instant start = slot(24);
    Alert alert = alert(start).naming(FLAGGED.address(38)).severity("Low");
    recording.stream(alert);
    scene.add(SignIn.of(who, FLAGGED, 38, start.plus(minutes(10))));
    alert.severity("Medium");
    recording.info(alert, Duration.ofHours(4));
    flags("low-at-first", "Medium", 1, 24, who, FLAGGED.address(38), alert);

    who = cast.user();
    start = slot(24);
    alert = alert(start).naming(FLAGGED.address(39)).oldRows();
    recording.evidence(alert, Duration.ofMinutes(1));
    scene.add(SignIn.of(who, FLAGGED, 39, start.plus(minutes(10))));
    recording.info(alert, Duration.ofMinutes(3));
    alert.severity("High");
    recording.info(alert, Duration.ofHours(2));
    flags("medium-at-first", "High", 1, 24, who, FLAGGED.address(39), alert);
  }

  private void named() {
    Account owner = cast.user();
    Account other = cast.user();
    Instant start = slot(24);
    Alert alert = alert(start).naming(FLAGGED.address(40)).naming(owner);
    recording.stream(alert);
    scene.add(SignIn.of(owner, FLAGGED, 40, start.plus(minutes(5))));
    scene.add(SignIn.of(other, FLAGGED, 40, start.plus(minutes(8))));
    expect.nearMiss(
        "one-of-two-is-named",
        Expectations.DEFENDER,
        "already-named",
        Subject.of(owner),
        "The alert names the user itself.");
    flags("one-of-two-is-not-named", "Medium", 1, 24, other, FLAGGED.address(40), alert);

    // Nobody signed in under that name within a day, so it names no account.
    Account unknown = cast.user();
    start = slot(25);
    alert = alert(start).naming(FLAGGED.address(41)).namingByName(unknown);
    recording.stream(alert);
    scene.add(SignIn.of(unknown, Site.HOME, 30, start.minus(Duration.ofHours(26))));
    scene.add(call(41, start.plus(minutes(5)), unknown));
    flags("name-of-nobody-that-day", "Medium", 1, 25, unknown, FLAGGED.address(41), alert);
  }
}
