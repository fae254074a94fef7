package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;

/**
 * Cases on which {@code impossible-travel} must fire: users who cannot have been in both places.
 */
final class TravelCases extends SceneCases {
  static final String SINGAPORE_CALLS = "198.18.120.";
  static final String VPN_CALLS = "198.18.121.";

  TravelCases(Scene scene) {
    super(scene);
  }

  void play() {
    plain();
    byTheWayOfSigningIn();
    byCall();
    lowered();
    counted();
    atTheEdges();
    attackersWhoComeBack();
    devices();
    readings();
  }

  static SignIn home(Account who, Instant at) {
    return SignIn.of(who, Site.HOME, 30, at);
  }

  static SignIn stranger(Account who, Site site, int host, Instant at) {
    return SignIn.of(who, site, host, at).on(Device.UNKNOWN);
  }

  private void pair(String name, String severity, int day, Site far, int host, int later) {
    pair(name, severity, day, stranger -> stranger, far, host, later);
  }

  private void pair(
      String name,
      String severity,
      int day,
      UnaryOperator<SignIn> changes,
      Site far,
      int host,
      int later) {
    Account who = cast.user();
    Instant start = slot(day);
    scene.add(home(who, start));
    scene.add(changes.apply(stranger(who, far, host, start.plus(minutes(later)))));
    expect.travels(name, severity, 1, day, who, true);
  }

  private void plain() {
    Account known = cast.user();
    Instant start = slot(24);
    scene.history(known, 18, 20, 22);
    scene.add(home(known, start));
    scene.add(stranger(known, Site.SINGAPORE, 7, start.plus(minutes(40))));
    expect.travels("far-sign-in", "Medium", 1, 24, known, false);

    pair("far-sign-in-without-history", "Medium", 25, Site.SAO_PAULO, 7, 30);

    Account yesterday = cast.user();
    start = slot(25);
    scene.history(yesterday, 24);
    scene.add(home(yesterday, start));
    scene.add(stranger(yesterday, Site.SAO_PAULO, 8, start.plus(minutes(30))));
    expect.travels("history-of-yesterday-only", "Medium", 1, 25, yesterday, true);
  }

  private void byTheWayOfSigningIn() {
    Account alone = cast.user();
    Instant start = slot(24);
    scene.history(alone, 17, 19);
    scene.add(home(alone, start));
    scene.add(stranger(alone, Site.NEW_YORK, 9, start.plus(minutes(25))).singleFactor());
    expect.travels("single-factor-from-afar", "High", 1, 24, alone, false);

    Account earlier = cast.user();
    start = slot(24);
    scene.add(stranger(earlier, Site.NEW_YORK, 10, start).singleFactor());
    scene.add(home(earlier, start.plus(minutes(25))));
    expect.travels("single-factor-on-the-earlier-side", "Medium", 1, 24, earlier, true);

    pair(
        "single-factor-without-a-person",
        "Medium",
        25,
        stranger -> stranger.nonInteractive().singleFactor(),
        Site.NEW_YORK,
        11,
        25);

    Account managed = cast.user();
    start = slot(25);
    scene.add(home(managed, start));
    scene.add(
        SignIn.of(managed, Site.NEW_YORK, 12, start.plus(minutes(25)))
            .on(cast.user().laptop())
            .singleFactor());
    expect.travels("single-factor-on-a-managed-device", "Medium", 1, 25, managed, true);

    Account same = cast.user();
    start = slot(24);
    scene.add(stranger(same, Site.NEW_YORK, 13, start).singleFactor());
    scene.add(home(same, start));
    expect.travels("both-at-the-same-time", "High", 1, 24, same, true);

    pair(
        "interactive-by-its-category",
        "High",
        24,
        stranger -> stranger.singleFactor().markedNonInteractive(),
        Site.NEW_YORK,
        14,
        25);
  }

  private void byCall() {
    Account traced = cast.user();
    Instant start = slot(24);
    scene.history(traced, 16, 21);
    scene.add(home(traced, start));
    scene.add(
        Call.from(SINGAPORE_CALLS + 20, start.plus(minutes(20)))
            .traced(Link.withoutToken(traced, start)));
    expect.travels("call-from-afar", "High", 1, 24, traced, false);

    Account linked = cast.user();
    start = slot(25);
    scene.add(home(linked, start));
    scene.add(
        Call.from(SINGAPORE_CALLS + 21, start.plus(minutes(20)))
            .linked(Link.withoutToken(linked, start).withoutKind(), minutes(18)));
    expect.travels("call-whose-link-comes-later", "High", 1, 25, linked, true);
  }

  private void lowered() {
    Account call = cast.user();
    Instant start = slot(24);
    scene.add(home(call, start));
    scene.add(
        Call.from(VPN_CALLS + 20, start.plus(minutes(20))).traced(Link.withoutToken(call, start)));
    expect.travels("call-through-a-vpn", "Medium", 1, 24, call, true);

    pair("single-factor-by-satellite", "Medium", 25, SignIn::singleFactor, Site.SATELLITE, 20, 20);

    pair("far-by-vpn", "Low", 24, Site.VPN_EXIT, 21, 35);
    pair("far-by-satellite", "Low", 24, Site.SATELLITE, 21, 35);
    pair("far-by-mobile", "Low", 25, Site.MOBILE_ABROAD, 21, 35);
  }

  private void counted() {
    Account three = cast.user();
    Instant start = slot(24);
    scene.add(home(three, start));
    for (int host = 31; host <= 33; host++) {
      scene.add(stranger(three, Site.SINGAPORE, host, start.plus(minutes(host))));
      scene.add(stranger(three, Site.SINGAPORE, host, start.plus(minutes(host + 10L))));
    }
    expect.travels("three-addresses-afar", "Medium", 3, 24, three, true);

    Account places = cast.user();
    start = slot(25);
    scene.add(home(places, start));
    scene.add(stranger(places, Site.NEW_YORK, 34, start.plus(minutes(20))));
    scene.add(stranger(places, Site.SINGAPORE, 35, start.plus(minutes(40))));
    for (String pair :
        new String[] {"Hamburg-New York", "Hamburg-Singapore", "New York-Singapore"}) {
      expect.travels("three-places: " + pair, "Medium", 1, 25, places, true);
    }

    Account stop = cast.user();
    start = slot(24);
    scene.add(home(stop, start));
    scene.add(stranger(stop, Site.FRANKFURT, 36, start.plus(minutes(15))));
    scene.add(stranger(stop, Site.MILAN, 37, start.plus(minutes(30))));
    expect.travels("stop-half-way", "Medium", 1, 24, stop, true);

    Account raised = cast.user();
    start = slot(25);
    scene.add(home(raised, start));
    scene.add(stranger(raised, Site.LISBON, 38, start.plus(minutes(20))));
    scene.add(stranger(raised, Site.LISBON, 39, start.plus(minutes(30))).singleFactor());
    expect.travels("raised-by-its-second-pair", "High", 2, 25, raised, true);
  }

  private void atTheEdges() {
    Account night = cast.user();
    scene.add(home(night, at(24, "23:48:00")));
    scene.add(stranger(night, Site.OSLO, 40, at(25, "00:12:00")));
    expect.travels("over-midnight", "Medium", 1, 25, night, true);

    pair("just-far-enough", "Medium", 24, Site.MUNICH, 41, 20);

    pair("just-fast-enough", "Medium", 25, Site.NEW_YORK, 42, 390);

    Site somewhere = Site.placed("198.18.105.", 65537, "US", "", 40.7143, -74.0060);
    pair("place-without-a-city", "Medium", 25, somewhere, 43, 60);
  }

  private void attackersWhoComeBack() {
    Account visited = cast.user();
    scene.history(visited, 4, 6, 8, 10, 12);
    for (int day : new int[] {15, 17, 19, 24}) {
      Instant start = at(day, "12:10:00");
      scene.add(home(visited, start));
      scene.add(stranger(visited, Site.SINGAPORE, 50, start.plus(minutes(30))));
      expect.travels("attacker-does-not-become-a-commuter", "Medium", 1, day, visited, false);
    }

    comesTo("two-days-are-no-commute", 24, 10, 12);
    comesTo("yesterday-is-not-learned-yet", 25, 9, 13, 24);
  }

  private void comesTo(String name, int day, int... daysInLisbon) {
    Account who = cast.user();
    scene.history(who, 2, 3, 4);
    for (int seen : daysInLisbon) {
      scene.add(SignIn.of(who, Site.LISBON, 51, at(seen, "05:00:00")));
    }
    Instant start = slot(day);
    scene.add(home(who, start));
    scene.add(stranger(who, Site.LISBON, 52, start.plus(minutes(30))));
    expect.travels(name, "Medium", 1, day, who, false);
  }

  private void devices() {
    Account unmanaged = cast.user();
    Device own = new Device("d1f0c0de-5a5a-4b4b-8c8c-000000000001", "own", "MacOs", false, false);
    Instant start = slot(24);
    scene.add(home(unmanaged, start).on(own));
    scene.add(SignIn.of(unmanaged, Site.LISBON, 60, start.plus(minutes(30))).on(own));
    expect.travels("one-device-that-nobody-manages", "Medium", 1, 24, unmanaged, true);

    Account blank = cast.user();
    Device noId = new Device("", "NW-LT-0000", "Windows10", true, true);
    start = slot(25);
    scene.add(home(blank, start).on(noId));
    scene.add(SignIn.of(blank, Site.LISBON, 61, start.plus(minutes(30))).on(noId));
    expect.travels("device-without-an-id", "Medium", 1, 25, blank, true);

    Account carrier = cast.user();
    start = slot(25);
    scene.add(stranger(carrier, Site.NEW_YORK, 62, start));
    scene.add(
        stranger(
            carrier,
            Site.placed("198.18.106.", 65537, "PT", "Lisbon", 38.7167, -9.1333),
            62,
            start.plus(minutes(30))));
    expect.travels("one-network-that-is-not-mobile", "Medium", 1, 25, carrier, true);

    Account sites = cast.user();
    start = slot(24);
    scene.add(SignIn.of(sites, Site.HOME.seenIn(Site.OSLO), 63, start));
    scene.add(
        SignIn.fromAddress(
                sites,
                Site.placed("2001:db8:2002::", 65539, "IT", "Milan", 45.4642, 9.1900),
                "2001:db8:2002::3f",
                start.plus(minutes(30)))
            .on(Device.UNKNOWN));
    expect.travels("old-and-new-internet", "Medium", 1, 24, sites, true);
  }

  private void readings() {
    Account loud = cast.user();
    Instant start = slot(24);
    scene.add(home(loud.shouting(), start));
    scene.add(stranger(loud, Site.OSLO, 70, start.plus(minutes(20))));
    expect.travels("id-in-capitals", "Medium", 1, 24, loud, true);

    Account filed = cast.user();
    start = slot(25);
    scene.add(home(filed, start));
    scene.add(
        SignIn.fromAddress(filed, Site.HOME, SINGAPORE_CALLS + 71, start.plus(minutes(20)))
            .on(Device.UNKNOWN));
    expect.travels("the-networks-file-goes-first", "Medium", 1, 25, filed, true);

    Account late = cast.user();
    start = slot(24);
    scene.add(home(late, start).arriving(Duration.ofHours(8)));
    scene.add(stranger(late, Site.OSLO, 72, start.plus(minutes(20))));
    expect.travels("first-half-arrives-last", "Medium", 1, 24, late, true);

    pair(
        "a-clock-three-minutes-ahead",
        "Medium",
        25,
        stranger -> stranger.arriving(Duration.ofMinutes(-3)),
        Site.OSLO,
        73,
        20);
  }
}
