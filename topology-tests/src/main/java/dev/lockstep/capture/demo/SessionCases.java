package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.GraphRecord;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code session-replay} for the demo: sessions whose cookie or refresh token somebody
 * copied, and their near misses.
 */
final class SessionCases extends SceneCases {
  // Networks without places, so that impossible-travel finds nothing.
  private static final Site HERE = Site.blank(TokenCases.SAME_ISP);
  private static final Site SAME_ISP_ABROAD = Site.blank(TokenCases.SAME_ISP_ABROAD);
  private static final Site ABROAD = Site.blank(TokenCases.ABROAD);
  private static final Site HOSTING = Site.blank(TokenCases.HOSTING);
  private static final Site OTHER_ISP = Site.blank(TokenCases.OTHER_ISP);
  private static final Site NOTHING_KNOWN = Site.blank(TokenCases.UNREGISTERED);

  private int host = 20;
  private String session = "";

  SessionCases(Scene scene) {
    super(scene, scene.denseSlots());
  }

  void play() {
    reasons();
    severities();
    calls();
    times();
    gates();
    nearMisses();
  }

  private Account who() {
    session = scene.dice().guid().toString();
    host++;
    return scene.cast().user();
  }

  private SignIn renewal(Account who, Site site, Instant at) {
    return SignIn.of(who, site, host, at).nonInteractive().in(session);
  }

  private Account pair(
      Site first, UnaryOperator<SignIn> owner, Site second, UnaryOperator<SignIn> thief, int day) {
    Account who = who();
    Instant start = slot(day);
    scene.add(owner.apply(renewal(who, first, start)));
    scene.add(thief.apply(renewal(who, second, start.plus(minutes(20)))));
    return who;
  }

  private void fires(String name, String reason, String severity, int day, Account who) {
    scene.fires(
        name, Expectations.SESSION, reason, severity, 2, day, Subject.session(who, session));
  }

  private void nearMiss(String name, @Nullable String gate, Account who, String why) {
    scene.expect().nearMiss(name, Expectations.SESSION, gate, Subject.session(who, session), why);
  }

  private Device other(String system) {
    return new Device(scene.dice().guid().toString(), "", system, false, false);
  }

  private static SignIn blank(SignIn signIn, String system) {
    return signIn.on(new Device("", "", system, false, false));
  }

  private void reasons() {
    fires(
        "bound-session-on-an-unbound-client",
        "unbound",
        "Medium",
        24,
        pair(
            HERE, one -> one.binding("bound"), SAME_ISP_ABROAD, two -> two.binding("unbound"), 24));
    fires(
        "session-on-another-device",
        "device-changed",
        "Medium",
        25,
        pair(
            HERE,
            one -> one.on(other("Windows10")),
            SAME_ISP_ABROAD,
            two -> two.on(other("Windows10")),
            25));
    fires(
        "session-on-no-device",
        "device-changed",
        "Medium",
        24,
        pair(
            HERE,
            one -> one.on(other("Windows10")),
            SAME_ISP_ABROAD,
            two -> blank(two, "Windows10"),
            24));
    fires(
        "session-on-another-system",
        "client-changed",
        "Medium",
        25,
        pair(
            HERE, one -> blank(one, "Windows10"), SAME_ISP_ABROAD, two -> blank(two, "MacOs"), 25));
    fires(
        "session-from-a-data-centre",
        "hosting",
        "High",
        24,
        pair(
            OTHER_ISP,
            one -> blank(one, "Windows10"),
            HOSTING,
            two -> blank(two, "Windows10"),
            24));
  }

  private void severities() {
    fires(
        "session-abroad-on-another-device",
        "device-changed",
        "High",
        25,
        pair(HERE, one -> one.on(other("MacOs")), ABROAD, two -> two.on(other("MacOs")), 25));
    fires(
        "two-reasons-raise-it",
        "unbound",
        "High",
        24,
        pair(
            HERE,
            one -> one.binding("bound").on(other("Windows10")),
            SAME_ISP_ABROAD,
            two -> two.binding("unbound").on(other("Windows10")),
            24));
  }

  private void calls() {
    Account who = who();
    Instant start = slot(25);
    scene.add(renewal(who, HERE, start));
    graph(who, ABROAD, start.plus(minutes(8)), "0", scene.dice().guid().toString());
    fires("session-at-graph-on-another-device", "device-changed", "High", 25, who);

    who = who();
    start = slot(24);
    scene.add(renewal(who, OTHER_ISP, start));
    scene.add(
        Call.from(HOSTING.address(host), start.plus(minutes(8)))
            .traced(Link.of(who, scene.recording().token(), start).in(session)));
    fires("session-at-the-gateway-from-a-data-centre", "hosting", "High", 24, who);
  }

  private void graph(Account who, Site site, Instant at, String auth, String device) {
    scene.graph(
        scene.token(who, at.minusSeconds(60)),
        site.address(host),
        at,
        new GraphRecord.Client(auth, session, device));
  }

  private void times() {
    Account who = who();
    Instant start = CaptureDays.at(24, "09:15:00");
    scene.add(renewal(who, HERE, start).on(other("Windows10")));
    scene.add(renewal(who, ABROAD, start.plus(Duration.ofDays(1))).on(other("Windows10")));
    fires("session-a-day-later", "device-changed", "High", 25, who);

    who = who();
    start = CaptureDays.at(24, "09:25:00");
    scene.add(renewal(who, HERE, start).on(other("Windows10")));
    scene.add(
        renewal(who, ABROAD, start.plus(Duration.ofDays(1)).plusMillis(1)).on(other("Windows10")));
    nearMiss("session-more-than-a-day-later", null, who, "More than 24 h apart.");
  }

  private void gates() {
    UnaryOperator<SignIn> another = signIn -> signIn.on(other("Windows10"));
    nearMiss(
        "session-in-one-prefix",
        "same-network",
        pair(HERE, another, HERE, another, 24),
        "Two devices behind one line.");
    nearMiss(
        "session-of-a-web-app",
        "backend",
        pair(HERE, another, Site.WEB_APPS, another, 25),
        "One side is one of our own servers.");
    nearMiss(
        "session-at-the-office",
        "corporate-egress",
        pair(Site.blank(Site.OFFICE.prefix()), another, ABROAD, another, 24),
        "One side is our own egress, the other neither hosting nor a VPN.");
    nearMiss(
        "session-in-one-country",
        "same-country",
        pair(HERE, another, OTHER_ISP, another, 25),
        "Two networks of one country.");
    nearMiss(
        "session-from-nowhere",
        "no-network",
        pair(HERE, another, NOTHING_KNOWN, another, 24),
        "Nothing is known of the second network.");

    Account who = who();
    Instant start = slot(25);
    UUID token = scene.recording().token();
    scene.add(renewal(who, OTHER_ISP, start).minting(token));
    scene.add(
        Call.from(HOSTING.address(host), start.plus(minutes(5)))
            .traced(Link.of(who, token, start).in(session)));
    nearMiss(
        "one-token-of-a-session",
        "same-token",
        who,
        "Only token-replay compares uses of one token.");
    scene.fires(
        "one-token-of-a-session: token-replay",
        Expectations.REPLAY,
        "two-networks",
        "High",
        2,
        25,
        Subject.of(who, token));

    who = who();
    start = slot(24);
    scene.add(renewal(who, HERE, start));
    graph(who, ABROAD, start.plus(minutes(5)), "2", scene.dice().guid().toString());
    nearMiss(
        "session-used-on-behalf",
        "on-behalf-of",
        who,
        "A confidential client called Graph for the user.");
  }

  private void nearMisses() {
    nearMiss(
        "one-device-abroad",
        null,
        pair(HERE, one -> one, ABROAD, two -> two, 25),
        "One device, one system, one browser: the owner travels.");
    nearMiss(
        "another-version-of-the-browser",
        null,
        pair(
            HERE,
            one -> blank(one, "Windows10").browsing("Edge 142.0.0"),
            ABROAD,
            two -> blank(two, "Windows 11").browsing("Edge 143.0.0"),
            24),
        "Only the version differs.");
    Account who = pair(HERE, one -> one, HERE, two -> two, 25);
    session = scene.dice().guid().toString();
    scene.add(renewal(who, ABROAD, slot(25)).on(other("Windows10")));
    nearMiss("another-session", null, who, "The use abroad is of a session of its own.");
  }
}
