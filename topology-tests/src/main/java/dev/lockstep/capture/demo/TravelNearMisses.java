package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;
import static dev.lockstep.capture.demo.TravelCases.home;
import static dev.lockstep.capture.demo.TravelCases.stranger;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Cases on which the rule {@code impossible-travel} must not fire, such as sign-ins not far enough
 * apart, on one managed device, or from one network.
 */
final class TravelNearMisses extends SceneCases {
  TravelNearMisses(Scene scene) {
    super(scene);
  }

  void play() {
    distances();
    servers();
    devices();
    networks();
    commute();
    notObserved();
    notPlaced();
    outOfTime();
  }

  private void nearMiss(String name, @Nullable String gate, Account who, String why) {
    expect.nearMiss(name, Expectations.TRAVEL, gate, Subject.of(who), why);
  }

  private Account pair(Site there, int host, long minutesLater, int day) {
    Account who = cast.user();
    Instant start = slot(day);
    scene.add(home(who, start));
    scene.add(stranger(who, there, host, start.plus(minutes(minutesLater))));
    return who;
  }

  private void distances() {
    nearMiss(
        "490-km",
        null,
        pair(Site.EHINGEN, 80, 20, 24),
        "590 km less two radii of 50 km are under 500 km.");
    nearMiss(
        "slower-than-900",
        null,
        pair(Site.NEW_YORK, 81, 425, 25),
        "About 6,030 km in 7 h 5 min are under 900 km/h.");
    nearMiss(
        "more-than-a-day-apart",
        null,
        pair(Site.SINGAPORE, 82, 24 * 60 + 30, 24),
        "Pairs more than 24 h apart are not compared.");
    nearMiss(
        "radius-of-the-file",
        null,
        pair(Site.blank("198.18.130."), 83, 20, 24),
        "The networks file places the range near Madrid within 1,400 km: under 500 km are left.");
    nearMiss(
        "radius-without-a-city",
        null,
        pair(Site.placed("198.18.107.", 65542, "IT", "", 45.4642, 9.1900), 84, 20, 25),
        "900 km less 50 km and, without a city, 500 km are under 500 km.");
  }

  private void servers() {
    Account office = cast.user();
    Instant start = slot(24);
    scene.add(stranger(office, Site.SINGAPORE, 85, start));
    scene.add(SignIn.of(office, Site.OFFICE, 85, start.plus(minutes(20))));
    nearMiss("own-egress", "corporate-egress", office, "One side is our own egress.");

    Account served = cast.user();
    start = slot(25);
    scene.add(stranger(served, Site.SINGAPORE, 86, start));
    scene.add(stranger(served, Site.WEB_APPS, 86, start.plus(minutes(20))).nonInteractive());
    nearMiss("web-app-signs-in", "backend", served, "One side is a server that acts for the user.");

    Account behind = cast.user();
    start = slot(24);
    scene.add(stranger(behind, Site.SINGAPORE, 87, start));
    scene.add(
        Call.from(Site.WEB_APPS.address(87), start.plus(minutes(20)))
            .traced(Link.withoutToken(behind, start)));
    nearMiss("web-app-calls", "backend", behind, "The call comes from one of our own servers.");
  }

  private void devices() {
    Account carried = cast.user();
    Instant start = slot(24);
    scene.add(home(carried, start));
    scene.add(SignIn.of(carried, Site.NEW_YORK, 88, start.plus(minutes(20))));
    nearMiss("managed-laptop", "same-device", carried, "The same managed device on both sides.");

    Account either = cast.user();
    Device before = new Device(either.laptop().id(), "NW-LT-X", "Windows10", false, false);
    Device after = new Device(either.laptop().id(), "NW-LT-X", "Windows10", false, true);
    start = slot(25);
    scene.add(home(either, start).on(before));
    scene.add(SignIn.of(either, Site.NEW_YORK, 89, start.plus(minutes(20))).on(after));
    nearMiss("compliant-by-one-record", "same-device", either, "One record says it is compliant.");
  }

  private void networks() {
    nearMiss(
        "two-places-of-one-prefix",
        "same-network",
        pair(Site.HOME.seenIn(Site.NEW_YORK), 90, 20, 24),
        "Both addresses are of one /24, wherever the records place them.");

    Account modern = cast.user();
    Instant start = slot(25);
    Site prefix = Site.placed("2001:db8:2001::", 65541, "PT", "Lisbon", 38.7167, -9.1333);
    scene.add(SignIn.fromAddress(modern, prefix, "2001:db8:2001:1::91", start).on(Device.UNKNOWN));
    scene.add(
        SignIn.fromAddress(
                modern, prefix.seenIn(Site.OSLO), "2001:db8:2001:2::91", start.plus(minutes(20)))
            .on(Device.UNKNOWN));
    nearMiss("two-places-of-one-48", "same-network", modern, "Both addresses are of one /48.");

    Account phone = cast.user();
    start = slot(24);
    scene.add(stranger(phone, Site.MOBILE_ABROAD, 92, start));
    scene.add(stranger(phone, Site.MOBILE_NORTH, 92, start.plus(minutes(20))));
    nearMiss("one-mobile-network", "same-network", phone, "One mobile network, two exits.");

    Account dish = cast.user();
    start = slot(25);
    scene.add(stranger(dish, Site.SATELLITE, 93, start));
    scene.add(stranger(dish, Site.SATELLITE_NORTH, 93, start.plus(minutes(20))));
    nearMiss("one-satellite-network", "same-network", dish, "One satellite network, two exits.");

    Account mapped = cast.user();
    start = slot(24);
    scene.add(SignIn.of(mapped, Site.HOME, 94, start));
    scene.add(
        SignIn.fromAddress(
                mapped,
                Site.HOME.seenIn(Site.NEW_YORK),
                "::ffff:198.18.20.94",
                start.plus(minutes(20)))
            .on(Device.UNKNOWN));
    nearMiss("one-address-two-spellings", null, mapped, "The same address is no pair.");
  }

  private void commute() {
    Account commuter = cast.user();
    scene.history(commuter, 2, 4, 6);
    for (int day : new int[] {10, 12, 14}) {
      scene.add(stranger(commuter, Site.LISBON, 95, at(day, "07:30:00")));
    }
    Instant start = slot(24);
    scene.add(home(commuter, start));
    scene.add(stranger(commuter, Site.LISBON, 96, start.plus(minutes(20))));
    nearMiss(
        "three-days-each",
        "known-commute",
        commuter,
        "Both places were seen on three closed days without a finding.");
  }

  private void notObserved() {
    Account guessed = cast.user();
    Instant start = slot(24);
    scene.add(home(guessed, start));
    scene.add(
        stranger(guessed, Site.SINGAPORE, 97, start.plus(minutes(20)))
            .singleFactor()
            .failed(50126));
    nearMiss("failed-sign-in", null, guessed, "A sign-in that failed places nobody.");

    Account refused = cast.user();
    start = slot(25);
    scene.add(home(refused, start));
    scene.add(
        Call.from(TravelCases.SINGAPORE_CALLS + 98, start.plus(minutes(20)))
            .answered(403)
            .traced(Link.withoutToken(refused, start)));
    nearMiss("refused-call", null, refused, "A refused call places nobody.");

    Account claimed = cast.user();
    start = slot(24);
    scene.add(home(claimed, start));
    scene.add(
        Call.from(TravelCases.SINGAPORE_CALLS + 99, start.plus(minutes(20)))
            .traced(Link.withoutToken(claimed, start).unvalidated()));
    nearMiss("claims-that-nobody-validated", null, claimed, "Unvalidated claims name nobody.");

    Account workload = cast.workload("Northwind nightly export");
    start = slot(25);
    scene.add(SignIn.of(workload, Site.HOME, 100, start));
    scene.add(SignIn.of(workload, Site.SINGAPORE, 100, start.plus(minutes(20))));
    scene.add(
        Call.from(TravelCases.VPN_CALLS + 100, start.plus(minutes(30)))
            .traced(Link.withoutToken(workload, start)));
    nearMiss("workload", null, workload, "Workloads are left out by default.");
  }

  private void notPlaced() {
    nearMiss(
        "no-place",
        "no-place",
        pair(Site.blank("198.18.140."), 101, 20, 24),
        "Nothing places the second sign-in.");
    nearMiss(
        "null-island",
        "no-place",
        pair(Site.placed("198.18.141.", 65540, "", "", 0, 0), 102, 20, 25),
        "Coordinates 0/0 mean unknown.");
    nearMiss(
        "country-alone",
        "no-place",
        pair(
            Site.placed("198.18.142.", 65536, "SG", "Singapore", Double.NaN, Double.NaN),
            103,
            20,
            24),
        "A country without coordinates is no place.");
  }

  private void outOfTime() {
    Account stamped = cast.user();
    Instant start = slot(24);
    scene.add(home(stamped, start));
    Instant future = Instant.parse("2099-06-01T08:00:00Z");
    scene.add(
        stranger(stamped, Site.SINGAPORE, 104, future)
            .arriving(Duration.between(future, start.plus(minutes(20))))
            .once());
    scene.add(home(stamped, start.plus(minutes(40))));
    expect.quarantines(2);
    nearMiss("stamped-2099", null, stamped, "An event from the future lies in quarantine.");

    Account old = cast.user();
    start = slot(25);
    scene.add(home(old, start));
    Instant past = start.minus(Duration.ofDays(40));
    scene.add(
        stranger(old, Site.SINGAPORE, 105, past)
            .arriving(Duration.between(past, start.plus(minutes(20))))
            .once());
    nearMiss("forty-days-old", null, old, "An event of 40 days ago lies in quarantine.");

    Account logged = cast.user();
    scene.add(home(logged, at(24, "06:00:00")).arriving(minutes(470)).once());
    scene.add(stranger(logged, Site.NEW_YORK, 106, at(24, "14:00:00")));
    nearMiss("flew-and-was-logged-late", null, logged, "Event times count, not those of arrival.");

    Account twice = cast.user();
    scene
        .recording()
        .addTwice(home(twice, at(25, "06:00:00")).arriving(minutes(3)), Duration.ofHours(8));
    scene.add(stranger(twice, Site.NEW_YORK, 107, at(25, "14:00:00")));
    nearMiss("flew-and-was-delivered-twice", null, twice, "A copy is the same event.");
  }
}
