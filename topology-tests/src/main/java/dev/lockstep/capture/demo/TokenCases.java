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

/**
 * Cases on which {@code token-replay} must fire: tokens used in two networks, by another principal,
 * or after they expired.
 */
final class TokenCases extends SceneCases {
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

  TokenCases(Scene scene) {
    super(scene);
  }

  void play() {
    table();
    wrongPrincipal("wrong-principal-next-door", 111, Site.HOME.address(111), 1, 24);
    wrongPrincipal("wrong-principal-abroad", 112, ABROAD + 112, 2, 25);
    expired();
    attempts();
    order();
    spellings();
    proxies();
    mixed();
    stolen();
  }

  private void fires(
      String name, String reason, String severity, int count, int day, IssuedToken token) {
    expect.fires(name, Expectations.REPLAY, reason, severity, count, day, token.subject());
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
    IssuedToken token = scene.signIn(minted, 110, slot(day));
    scene.add(Call.from(used + 110, token.after(12)).traced(token.link()));
    fires(name, "two-networks", severity, 2, day, token);
  }

  private void wrongPrincipal(String name, int host, String address, int count, int day) {
    Account owner = cast.user();
    Account other = cast.user();
    IssuedToken token = scene.token(owner, slot(day));
    scene.add(SignIn.of(owner, Site.HOME, host, token.at()).minting(token.id()));
    scene.add(Call.from(address, token.after(9)).traced(Link.of(other, token.id(), token.at())));
    fires(name, "wrong-principal", "High", count, day, token);
  }

  private void expired() {
    IssuedToken token = scene.signIn(Site.HOME, 113, slot(24));
    Instant later = token.after(95);
    scene.add(
        Call.from(Site.HOME.address(113), later)
            .traced(token.link().expiring(later.minus(minutes(7)))));
    fires("used-after-its-end", "after-expiry", "High", 1, 24, token);

    token = scene.signIn(Site.HOME, 114, slot(25));
    later = token.after(95);
    scene.add(
        Call.from(ABROAD + 114, later).traced(token.link().expiring(later.minus(minutes(10)))));
    fires("abroad-after-its-end", "two-networks", "High", 2, 25, token);

    token = scene.signIn(Site.HOME, 115, slot(24));
    later = token.after(95);
    scene.add(Call.from(VPN + 115, later).traced(token.link().expiring(later.minus(minutes(10)))));
    fires("by-vpn-after-its-end", "after-expiry", "High", 2, 24, token);
  }

  private void attempts() {
    IssuedToken token = scene.signIn(Site.HOME, 116, slot(24));
    scene.add(Call.from(ABROAD + 116, token.after(14)).answered(403).traced(token.link()));
    fires("forbidden-abroad", "attempt", "Low", 2, 24, token);

    token = scene.signIn(Site.HOME, 117, slot(25));
    scene.add(
        Call.from(HOSTING + 117, token.after(14))
            .answered(401)
            .linked(token.link().unvalidated(), Duration.ofSeconds(2)));
    fires("unauthorised-and-unvalidated", "attempt", "Low", 2, 25, token);

    token = scene.token(slot(24));
    scene.add(
        Call.from(SAME_ISP + 118, token.at())
            .traced(Link.of(token.who(), token.id(), token.at().minus(minutes(4)))));
    scene.add(
        Call.from(VPN + 118, token.after(8))
            .answered(401)
            .traced(Link.of(token.who(), token.id(), token.at().minus(minutes(4)))));
    fires("refused-after-an-accepted-call", "attempt", "Low", 2, 24, token);
  }

  private void order() {
    IssuedToken token =
        scene.signIn(Site.HOME, 119, slot(24), signIn -> signIn.arriving(Duration.ofHours(3)));
    scene.add(Call.from(ABROAD + 119, token.after(1)).traced(token.link()));
    fires("sign-in-arrives-last", "two-networks", "High", 2, 24, token);

    token = scene.token(slot(25));
    scene.add(Call.from(OTHER_ISP + 120, token.at()).traced(token.link()));
    scene.add(Call.from(ABROAD + 120, token.after(6)).traced(token.link()));
    fires("two-calls-and-no-sign-in", "two-networks", "High", 2, 25, token);

    token = scene.signIn(Site.HOME, 121, at(24, "23:51:00"));
    scene.add(Call.from(ABROAD + 121, at(25, "00:07:00")).traced(token.link()));
    fires("token-over-midnight", "two-networks", "High", 2, 25, token);

    token = scene.signIn(Site.HOME, 122, at(24, "23:20:00"));
    scene.add(Call.from(ABROAD + 122, at(24, "23:40:00")).traced(token.link()));
    scene.add(Call.from(ABROAD + 122, at(25, "00:20:00")).traced(token.link()));
    fires("token-on-two-days: the first", "two-networks", "High", 2, 24, token);
    fires("token-on-two-days: the second", "two-networks", "High", 2, 25, token);
  }

  private void spellings() {
    IssuedToken token = scene.signIn(Site.HOME, 123, slot(24), signIn -> signIn.oldTokenSpelling());
    scene.add(Call.from(ABROAD + 123, token.after(5)).traced(token.link().withoutKind()));
    fires("both-spellings-of-a-token", "two-networks", "High", 2, 24, token);

    token = scene.signIn(Site.HOME, 124, slot(25));
    scene.add(Call.from(ABROAD + 124, token.after(5)).linkedWithoutTime(token.link()));
    fires("token-by-message", "two-networks", "High", 2, 25, token);

    token = scene.token(cast.workload("Northwind stock feed"), slot(24));
    Site cloud = Site.placed(HOSTING, 64511, "DE", "Frankfurt", 50.1109, 8.6821);
    scene.add(SignIn.of(token.who(), cloud, 125, token.at()).minting(token.id()));
    scene.add(Call.from(HOSTING + 125, token.after(1)).traced(token.link()));
    scene.add(Call.from(ABROAD + 125, token.after(5)).traced(token.link()));
    fires("token-of-a-workload", "two-networks", "High", 2, 24, token);
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
    IssuedToken token = scene.signIn(Site.HOME, 110, slot(day));
    scene.add(
        Call.from(peer, token.after(7))
            .headers(socket, forwarded)
            .traced(token.link().socketAddress(inTheLink)));
    fires(name, "two-networks", "High", 2, day, token);
  }

  private void mixed() {
    IssuedToken token = scene.signIn(Site.HOME, 130, slot(24));
    scene.add(Call.from(ABROAD + 130, token.after(5)).traced(token.link()));
    scene.add(Call.from(HOSTING + 130, token.after(8)).traced(token.link()));
    fires("three-networks", "two-networks", "High", 3, 24, token);

    token = scene.signIn(Site.HOME, 131, slot(25));
    scene.add(Call.from(ABROAD + 131, token.after(5)).traced(token.link()));
    scene.add(Call.from(ABROAD + 132, token.after(8)).answered(403).traced(token.link()));
    fires("accepted-and-refused", "two-networks", "High", 2, 25, token);
  }

  private void stolen() {
    IssuedToken token = scene.token(slot(25));
    scene.history(token.who(), 15, 18, 21);
    scene.add(SignIn.of(token.who(), Site.HOME, 30, token.at()).minting(token.id()));
    for (int minute = 11; minute < 15; minute++) {
      scene.add(
          Call.from(TravelCases.SINGAPORE_CALLS + 133, token.after(minute)).traced(token.link()));
    }
    fires("stolen-token: the token", "two-networks", "High", 2, 25, token);
    expect.travels("stolen-token: the user", "High", 1, 25, token.who(), false);
  }
}
