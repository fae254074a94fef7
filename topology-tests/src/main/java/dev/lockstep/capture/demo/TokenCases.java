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

/**
 * Cases on which {@code token-replay} must fire: tokens used in two networks, by another principal,
 * or after they expired.
 */
final class TokenCases {
  static final String OTHER_ISP = "198.19.0.";
  static final String SAME_ISP = "198.19.1.";
  static final String SAME_ISP_ABROAD = "198.19.2.";
  static final String HOSTING = "198.19.3.";
  static final String ABROAD = "198.19.4.";
  static final String VPN = "198.19.5.";
  static final String ABROAD_NO_ASN = "198.19.6.";
  static final String HERE_NO_ASN = "198.19.7.";
  static final String UNREGISTERED = "198.19.8.";
  static final String VPN_NO_COUNTRY = "198.19.9.";
  static final String ASN_ALONE = "198.19.10.";
  static final String FRONT_DOOR = "198.19.250.";

  private final Scene scene;
  private final Cast cast;
  private final Expectations expect;

  TokenCases(Scene scene) {
    this.scene = scene;
    this.cast = scene.cast();
    this.expect = scene.expect();
  }

  void play() {
    table();
    wrongPrincipal();
    expired();
    attempts();
    order();
    spellings();
    proxies();
    mixed();
    stolen();
  }

  private void fires(
      String name, String reason, String severity, int count, int day, Account who, UUID token) {
    expect.fires(name, Expectations.REPLAY, reason, severity, count, day, Subject.of(who, token));
  }

  private Instant slot(int day) {
    return scene.slots().next(day);
  }

  private void table() {
    pair("hosting-at-home", "High", Site.HOME, HOSTING, 24);
    pair("another-country", "High", Site.HOME, ABROAD, 25);
    pair("one-network-another-country", "Medium", Site.HOME, SAME_ISP_ABROAD, 24);
    pair("vpn-at-home", "Medium", Site.HOME, VPN, 25);
    pair("vpn-of-no-country", "Medium", Site.HOME, VPN_NO_COUNTRY, 24);
    pair("abroad-without-an-asn", "Medium", Site.HOME, ABROAD_NO_ASN, 25);
    pair("office-and-hosting", "High", Site.OFFICE, HOSTING, 24);
    pair("office-and-vpn", "Medium", Site.OFFICE, VPN, 25);
  }

  private void pair(String name, String severity, Site minted, String used, int day) {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(day);
    scene.add(SignIn.of(who, minted, 110, start).minting(token));
    scene.add(Call.from(used + 110, start.plus(minutes(12))).traced(Link.of(who, token, start)));
    fires(name, "two-networks", severity, 2, day, who, token);
  }

  private void wrongPrincipal() {
    Account owner = cast.user();
    Account other = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(owner, Site.HOME, 111, start).minting(token));
    scene.add(
        Call.from(Site.HOME.address(111), start.plus(minutes(9)))
            .traced(Link.of(other, token, start)));
    fires("wrong-principal-next-door", "wrong-principal", "High", 1, 24, owner, token);

    owner = cast.user();
    other = cast.user();
    token = scene.recording().token();
    start = slot(25);
    scene.add(SignIn.of(owner, Site.HOME, 112, start).minting(token));
    scene.add(Call.from(ABROAD + 112, start.plus(minutes(9))).traced(Link.of(other, token, start)));
    fires("wrong-principal-abroad", "wrong-principal", "High", 2, 25, owner, token);
  }

  private void expired() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(who, Site.HOME, 113, start).minting(token));
    Instant later = start.plus(minutes(95));
    scene.add(
        Call.from(Site.HOME.address(113), later)
            .traced(Link.of(who, token, start).expiring(later.minus(minutes(7)))));
    fires("used-after-its-end", "after-expiry", "High", 1, 24, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = slot(25);
    later = start.plus(minutes(95));
    scene.add(SignIn.of(who, Site.HOME, 114, start).minting(token));
    scene.add(
        Call.from(ABROAD + 114, later)
            .traced(Link.of(who, token, start).expiring(later.minus(minutes(10)))));
    fires("abroad-after-its-end", "two-networks", "High", 2, 25, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = slot(24);
    later = start.plus(minutes(95));
    scene.add(SignIn.of(who, Site.HOME, 115, start).minting(token));
    scene.add(
        Call.from(VPN + 115, later)
            .traced(Link.of(who, token, start).expiring(later.minus(minutes(10)))));
    fires("by-vpn-after-its-end", "after-expiry", "High", 2, 24, who, token);
  }

  private void attempts() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(who, Site.HOME, 116, start).minting(token));
    scene.add(
        Call.from(ABROAD + 116, start.plus(minutes(14)))
            .answered(403)
            .traced(Link.of(who, token, start)));
    fires("forbidden-abroad", "attempt", "Low", 2, 24, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = slot(25);
    scene.add(SignIn.of(who, Site.HOME, 117, start).minting(token));
    scene.add(
        Call.from(HOSTING + 117, start.plus(minutes(14)))
            .answered(401)
            .linked(Link.of(who, token, start).unvalidated(), Duration.ofSeconds(2)));
    fires("unauthorised-and-unvalidated", "attempt", "Low", 2, 25, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = slot(24);
    scene.add(
        Call.from(SAME_ISP + 118, start).traced(Link.of(who, token, start.minus(minutes(4)))));
    scene.add(
        Call.from(VPN + 118, start.plus(minutes(8)))
            .answered(401)
            .traced(Link.of(who, token, start.minus(minutes(4)))));
    fires("refused-after-an-accepted-call", "attempt", "Low", 2, 24, who, token);
  }

  private void order() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(who, Site.HOME, 119, start).minting(token).arriving(Duration.ofHours(3)));
    scene.add(Call.from(ABROAD + 119, start.plus(minutes(1))).traced(Link.of(who, token, start)));
    fires("sign-in-arrives-last", "two-networks", "High", 2, 24, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = slot(25);
    scene.add(Call.from(OTHER_ISP + 120, start).traced(Link.of(who, token, start)));
    scene.add(Call.from(ABROAD + 120, start.plus(minutes(6))).traced(Link.of(who, token, start)));
    fires("two-calls-and-no-sign-in", "two-networks", "High", 2, 25, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = at(24, "23:51:00");
    scene.add(SignIn.of(who, Site.HOME, 121, start).minting(token));
    scene.add(Call.from(ABROAD + 121, at(25, "00:07:00")).traced(Link.of(who, token, start)));
    fires("token-over-midnight", "two-networks", "High", 2, 25, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = at(24, "23:20:00");
    scene.add(SignIn.of(who, Site.HOME, 122, start).minting(token));
    scene.add(Call.from(ABROAD + 122, at(24, "23:40:00")).traced(Link.of(who, token, start)));
    scene.add(Call.from(ABROAD + 122, at(25, "00:20:00")).traced(Link.of(who, token, start)));
    fires("token-on-two-days: the first", "two-networks", "High", 2, 24, who, token);
    fires("token-on-two-days: the second", "two-networks", "High", 2, 25, who, token);
  }

  private void spellings() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(who, Site.HOME, 123, start).minting(token).oldTokenSpelling());
    scene.add(
        Call.from(ABROAD + 123, start.plus(minutes(5)))
            .traced(Link.of(who, token, start).withoutKind()));
    fires("both-spellings-of-a-token", "two-networks", "High", 2, 24, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = slot(25);
    scene.add(SignIn.of(who, Site.HOME, 124, start).minting(token));
    scene.add(
        Call.from(ABROAD + 124, start.plus(minutes(5)))
            .linkedWithoutTime(Link.of(who, token, start)));
    fires("token-by-message", "two-networks", "High", 2, 25, who, token);

    Account workload = cast.workload("Northwind stock feed");
    token = scene.recording().token();
    start = slot(24);
    Site cloud = Site.placed(HOSTING, 64511, "DE", "Frankfurt", 50.1109, 8.6821);
    scene.add(SignIn.of(workload, cloud, 125, start).minting(token));
    scene.add(
        Call.from(HOSTING + 125, start.plus(minutes(1))).traced(Link.of(workload, token, start)));
    scene.add(
        Call.from(ABROAD + 125, start.plus(minutes(5))).traced(Link.of(workload, token, start)));
    fires("token-of-a-workload", "two-networks", "High", 2, 24, workload, token);
  }

  private void proxies() {
    behind("behind-front-door", FRONT_DOOR + 10, ABROAD + 126, "", "", 24);
    behind(
        "forwarded-with-a-lie-in-front",
        FRONT_DOOR + 11,
        "",
        Site.HOME.address(110) + ", " + ABROAD + "127:51234, " + FRONT_DOOR + 12,
        "",
        25);
    behind("headers-of-a-stranger", ABROAD + 128, Site.HOME.address(110), "", "", 24);
    behind("address-by-the-link", FRONT_DOOR + 13, "", "", ABROAD + 129, 25);
  }

  private void behind(
      String name, String peer, String socket, String forwarded, String inTheLink, int day) {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(day);
    scene.add(SignIn.of(who, Site.HOME, 110, start).minting(token));
    scene.add(
        Call.from(peer, start.plus(minutes(7)))
            .headers(socket, forwarded)
            .traced(Link.of(who, token, start).socketAddress(inTheLink)));
    fires(name, "two-networks", "High", 2, day, who, token);
  }

  private void mixed() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    Instant start = slot(24);
    scene.add(SignIn.of(who, Site.HOME, 130, start).minting(token));
    scene.add(Call.from(ABROAD + 130, start.plus(minutes(5))).traced(Link.of(who, token, start)));
    scene.add(Call.from(HOSTING + 130, start.plus(minutes(8))).traced(Link.of(who, token, start)));
    fires("three-networks", "two-networks", "High", 3, 24, who, token);

    who = cast.user();
    token = scene.recording().token();
    start = slot(25);
    scene.add(SignIn.of(who, Site.HOME, 131, start).minting(token));
    scene.add(Call.from(ABROAD + 131, start.plus(minutes(5))).traced(Link.of(who, token, start)));
    scene.add(
        Call.from(ABROAD + 132, start.plus(minutes(8)))
            .answered(403)
            .traced(Link.of(who, token, start)));
    fires("accepted-and-refused", "two-networks", "High", 2, 25, who, token);
  }

  private void stolen() {
    Account who = cast.user();
    UUID token = scene.recording().token();
    scene.history(who, 15, 18, 21);
    Instant start = slot(25);
    scene.add(SignIn.of(who, Site.HOME, 30, start).minting(token));
    for (int minute = 11; minute < 15; minute++) {
      scene.add(
          Call.from(TravelCases.SINGAPORE_CALLS + 133, start.plus(minutes(minute)))
              .traced(Link.of(who, token, start)));
    }
    fires("stolen-token: the token", "two-networks", "High", 2, 25, who, token);
    expect.travels("stolen-token: the user", "High", 1, 25, who, false);
  }
}
