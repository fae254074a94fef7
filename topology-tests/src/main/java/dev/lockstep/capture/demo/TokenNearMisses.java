package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
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
final class TokenNearMisses extends SceneCases {
  TokenNearMisses(Scene scene) {
    super(scene);
  }

  void play() {
    table();
    refusals();
    times();
    addresses();
    links();
    unmatched();
  }

  private void nearMiss(String name, @Nullable String gate, IssuedToken token, String why) {
    expect.nearMiss(name, Expectations.REPLAY, gate, token.subject(), why);
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

    Site modern = Site.placed("2001:db8:1009::", 64496, "DE", "Hamburg", 53.5511, 9.9937);
    IssuedToken token = scene.signIn(modern, 49, slot(24));
    scene.add(Call.from("198.18.3.149", token.after(6)).traced(token.link()));
    nearMiss("dual-stack", "same-network", token, "Old and new internet of one provider.");
  }

  private void pair(
      String name, @Nullable String gate, Site minted, String used, int day, String why) {
    IssuedToken token = scene.signIn(minted, 140, slot(day));
    scene.add(Call.from(used, token.after(12)).traced(token.link()));
    nearMiss(name, gate, token, why);
  }

  private void refusals() {
    IssuedToken token = scene.signIn(Site.HOME, 150, slot(24));
    scene.add(
        Call.from(TokenCases.ABROAD + 150, token.after(5)).traced(token.link().unvalidated()));
    nearMiss(
        "accepted-and-unvalidated",
        null,
        token,
        "Unvalidated claims of an accepted call give no fact.");

    for (int status : new int[] {429, 407}) {
      token = scene.signIn(Site.HOME, 151, slot(25));
      scene.add(
          Call.from(TokenCases.ABROAD + 151, token.after(5)).answered(status).traced(token.link()));
      nearMiss(
          "refused-with-" + status, null, token, "Only 401 and 403 are attempts with a token.");
    }

    token = scene.token(slot(24));
    scene.add(Call.from(TokenCases.OTHER_ISP + 152, token.at()).answered(401).traced(token.link()));
    scene.add(
        Call.from(TokenCases.ABROAD + 152, token.after(5)).answered(403).traced(token.link()));
    nearMiss("refused-twice", null, token, "Two refused calls and nothing accepted.");
  }

  private void times() {
    IssuedToken token = scene.signIn(Site.HOME, 153, at(22, "09:00:00"));
    scene.add(
        Call.from(TokenCases.ABROAD + 153, at(24, "10:00:00"))
            .traced(token.link().withoutExpiry()));
    nearMiss("49-hours-apart", null, token, "More than 48 h apart.");

    token = scene.signIn(Site.HOME, 154, slot(25));
    Instant later = token.after(80);
    scene.add(
        Call.from(Site.HOME.address(154), later)
            .traced(token.link().expiring(later.minus(minutes(4)))));
    nearMiss("four-minutes-after-its-end", null, token, "Five minutes of skew are tolerated.");
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

    IssuedToken token = scene.signIn(Site.HOME, 157, slot(24));
    scene.add(
        Call.from(TokenCases.FRONT_DOOR + 21, token.after(6))
            .headers(TokenCases.FRONT_DOOR + 22, Site.HOME.address(157))
            .traced(token.link()));
    nearMiss(
        "socket-of-another-proxy",
        "same-network",
        token,
        "The socket address is a proxy of ours: the forwarded address is the client's.");
  }

  private void behind(String name, int day, String socket, String forwarded, String why) {
    IssuedToken token = scene.signIn(Site.HOME, 155, slot(day));
    scene.add(
        Call.from(TokenCases.FRONT_DOOR + 20, token.after(6))
            .headers(socket, forwarded)
            .traced(token.link()));
    nearMiss(name, null, token, why);
  }

  private void links() {
    Account who = cast.user();
    Account other = cast.user();
    IssuedToken token = scene.token(who, slot(25));
    scene.add(SignIn.of(who, Site.HOME, 158, token.at()).minting(token.id()));
    scene.add(
        Call.from(Site.HOME.address(158), token.after(6))
            .traced(token.link())
            .linked(Link.of(other, token.id(), token.at()), Duration.ofSeconds(3)));
    nearMiss("trace-goes-before-a-message", null, token, "The trace in the record counts.");

    UUID failed = scene.recording().token();
    token = new IssuedToken(cast.user(), failed, slot(24));
    scene.add(SignIn.of(token.who(), Site.LISBON, 159, token.at()).minting(failed).failed(50126));
    scene.add(Call.from(TokenCases.OTHER_ISP + 159, token.after(6)).traced(token.link()));
    nearMiss("failed-sign-in-mints-nothing", null, token, "A failed sign-in is no observation.");
  }

  private void unmatched() {
    IssuedToken token = scene.token(slot(24));
    scene.add(Call.from(TokenCases.OTHER_ISP + 160, token.at()).traced(token.link()));
    nearMiss("unmatched-token", "unmatched-token", token, "No sign-in ever minted it.");

    scene.add(Call.from(TokenCases.OTHER_ISP + 161, token.after(3)).once());
    scene
        .recording()
        .orphan(Call.from("", token.after(30)), Link.withoutToken(token.who(), token.after(30)));
    scene.expect().atLeast("any", "unlinked", 2);
  }
}
