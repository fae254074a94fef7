package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Cast;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Cases for the demo on which the rule {@code token-replay} must not fire. The tokens are used, for
 * example, in two networks of one country, by a server of the company, or in refused calls alone.
 */
final class TokenNearMisses {
  private final Scene scene;
  private final Cast cast;
  private final Expectations expect;

  TokenNearMisses(Scene scene) {
    this.scene = scene;
    this.cast = scene.cast();
    this.expect = scene.expect();
  }

  void play() {
    table();
    refusals();
    times();
    addresses();
    links();
    unmatched();
  }

  private void nearMiss(String name, @Nullable String gate, Account who, UUID token, String why) {
    expect.nearMiss(name, Expectations.REPLAY, gate, Subject.of(who, token), why);
  }

  private Instant slot(int day) {
    return scene.slots().next(day);
  }

  private void table() {
    pair("one-prefix", "same-network", Site.HOME, Site.HOME.prefix() + 141, 24, "One /24.");
    pair(
        "one-network",
        "same-network",
        Site.HOME,
        TokenCases.SAME_ISP + 142,
        25,
        "One autonomous system in one country.");
    pair(
        "server-of-ours",
        "backend",
        Site.HOME,
        Site.WEB_APPS.address(143),
        24,
        "A web app presents the token for the user.");
    pair(
        "office-and-home",
        "corporate-egress",
        Site.OFFICE,
        TokenCases.ABROAD + 144,
        25,
        "One side is our own egress, the other neither hosting nor a VPN.");
    pair(
        "home-and-phone",
        "same-country",
        Site.HOME,
        TokenCases.OTHER_ISP + 145,
        24,
        "Two networks of one country.");
    pair(
        "here-without-an-asn",
        "same-country",
        Site.HOME,
        TokenCases.HERE_NO_ASN + 146,
        25,
        "One country, one network unknown.");
    pair(
        "nothing-known",
        "no-network",
        Site.HOME,
        TokenCases.UNREGISTERED + 147,
        24,
        "Nothing is known of the second network.");
    pair(
        "asn-alone",
        "no-network",
        Site.HOME,
        TokenCases.ASN_ALONE + 148,
        25,
        "Another network of an unknown country, neither hosting nor a VPN.");

    Account dual = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    Site modern = Site.placed("2001:db8:1009::", 64496, "DE", "Hamburg", 53.5511, 9.9937);
    scene.add(SignIn.of(dual, modern, 49, start).minting(token));
    scene.add(
        Call.from("198.18.3.149", start.plus(minutes(6))).traced(Link.of(dual, token, start)));
    nearMiss("dual-stack", "same-network", dual, token, "Old and new internet of one provider.");
  }

  private void pair(
      String name, @Nullable String gate, Site minted, String used, int day, String why) {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(day);
    scene.add(SignIn.of(who, minted, 140, start).minting(token));
    scene.add(Call.from(used, start.plus(minutes(12))).traced(Link.of(who, token, start)));
    nearMiss(name, gate, who, token, why);
  }

  private void refusals() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(who, Site.HOME, 150, start).minting(token));
    scene.add(
        Call.from(TokenCases.ABROAD + 150, start.plus(minutes(5)))
            .traced(Link.of(who, token, start).unvalidated()));
    nearMiss(
        "accepted-and-unvalidated",
        null,
        who,
        token,
        "Unvalidated claims of an accepted call give no fact.");

    for (int status : new int[] {429, 407}) {
      who = cast.user();
      token = scene.recording().token();
      start = slot(25);
      scene.add(SignIn.of(who, Site.HOME, 151, start).minting(token));
      scene.add(
          Call.from(TokenCases.ABROAD + 151, start.plus(minutes(5)))
              .answered(status)
              .traced(Link.of(who, token, start)));
      nearMiss(
          "refused-with-" + status,
          null,
          who,
          token,
          "Only 401 and 403 are attempts with a token.");
    }

    who = cast.user();
    token = scene.recording().token();
    start = slot(24);
    scene.add(
        Call.from(TokenCases.OTHER_ISP + 152, start)
            .answered(401)
            .traced(Link.of(who, token, start)));
    scene.add(
        Call.from(TokenCases.ABROAD + 152, start.plus(minutes(5)))
            .answered(403)
            .traced(Link.of(who, token, start)));
    nearMiss("refused-twice", null, who, token, "Two refused calls and nothing accepted.");
  }

  private void times() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = at(22, "09:00:00");
    scene.add(SignIn.of(who, Site.HOME, 153, start).minting(token));
    scene.add(
        Call.from(TokenCases.ABROAD + 153, at(24, "10:00:00"))
            .traced(Link.of(who, token, start).withoutExpiry()));
    nearMiss("49-hours-apart", null, who, token, "More than 48 h apart.");

    who = cast.user();
    token = scene.recording().token();
    start = slot(25);
    Instant later = start.plus(minutes(80));
    scene.add(SignIn.of(who, Site.HOME, 154, start).minting(token));
    scene.add(
        Call.from(Site.HOME.address(154), later)
            .traced(Link.of(who, token, start).expiring(later.minus(minutes(4)))));
    nearMiss("four-minutes-after-its-end", null, who, token, "Five minutes of skew are tolerated.");
  }

  private void addresses() {
    behind(
        "proxy-that-says-nothing",
        24,
        "",
        "",
        "The proxy's headers give no address: the client is unknown.");
    behind(
        "forwarded-for-ends-in-a-word",
        25,
        "",
        TokenCases.ABROAD + "156, unknown",
        "An entry that is no address ends the search.");
    scene.expect().atLeast("any", "no-address", 2);

    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(who, Site.HOME, 157, start).minting(token));
    scene.add(
        Call.from(TokenCases.FRONT_DOOR + 21, start.plus(minutes(6)))
            .headers(TokenCases.FRONT_DOOR + 22, Site.HOME.address(157))
            .traced(Link.of(who, token, start)));
    nearMiss(
        "socket-of-another-proxy",
        "same-network",
        who,
        token,
        "The socket address is a proxy of ours: the forwarded address is the client's.");
  }

  private void behind(String name, int day, String socket, String forwarded, String why) {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(day);
    scene.add(SignIn.of(who, Site.HOME, 155, start).minting(token));
    scene.add(
        Call.from(TokenCases.FRONT_DOOR + 20, start.plus(minutes(6)))
            .headers(socket, forwarded)
            .traced(Link.of(who, token, start)));
    nearMiss(name, null, who, token, why);
  }

  private void links() {
    Account who = cast.user();
    Account other = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(25);
    scene.add(SignIn.of(who, Site.HOME, 158, start).minting(token));
    scene.add(
        Call.from(Site.HOME.address(158), start.plus(minutes(6)))
            .traced(Link.of(who, token, start))
            .linked(Link.of(other, token, start), Duration.ofSeconds(3)));
    nearMiss("trace-goes-before-a-message", null, who, token, "The trace in the record counts.");

    UUID failed = scene.recording().token();
    who = cast.user();
    start = slot(24);
    scene.add(SignIn.of(who, Site.LISBON, 159, start).minting(failed).failed(50126));
    scene.add(
        Call.from(TokenCases.OTHER_ISP + 159, start.plus(minutes(6)))
            .traced(Link.of(who, failed, start)));
    nearMiss(
        "failed-sign-in-mints-nothing", null, who, failed, "A failed sign-in is no observation.");
  }

  private void unmatched() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(Call.from(TokenCases.OTHER_ISP + 160, start).traced(Link.of(who, token, start)));
    nearMiss("unmatched-token", "unmatched-token", who, token, "No sign-in ever minted it.");

    scene.add(Call.from(TokenCases.OTHER_ISP + 161, start.plus(minutes(3))).once());
    scene
        .recording()
        .orphan(
            Call.from("", start.plus(minutes(30))),
            Link.withoutToken(who, start.plus(minutes(30))));
    scene.expect().atLeast("any", "unlinked", 2);
  }
}
