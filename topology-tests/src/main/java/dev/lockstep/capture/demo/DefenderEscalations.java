package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.at;
import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Alert;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;

/**
 * Demo cases in which an alert of Defender confirms a finding of another rule, and so may raise the
 * finding's severity.
 */
final class DefenderEscalations extends SceneCases {
  private static final Duration NEARLY_A_DAY = Duration.ofHours(23).plusMinutes(50);

  DefenderEscalations(Scene scene) {
    super(scene);
  }

  void play() {
    byAccount();
    byName();
    byAddress();
    atTheEdges();
    updates();
    several();
    partner();
  }

  /** Token that was issued at home and used from elsewhere twelve minutes later. */
  private record Stolen(IssuedToken token, Instant used, String address) {
    Account who() {
      return token.who();
    }
  }

  private Stolen stolen(String prefix, int host, int status, Instant start) {
    IssuedToken token = scene.signIn(Site.HOME, host, start, SignIn::once);
    Instant used = token.after(12);
    scene.add(Call.from(prefix + host, used).answered(status).traced(token.link()).once());
    return new Stolen(token, used, prefix + host);
  }

  private Stolen stolen(int host, Instant start) {
    // A finding by way of a VPN is Medium.
    return stolen(TokenCases.VPN, host, 200, start);
  }

  private void carries(String name, String severity, int day, Stolen stolen, Alert... alerts) {
    carries(name, "two-networks", severity, day, stolen.token, alerts);
  }

  private void carries(
      String name, String reason, String severity, int day, IssuedToken token, Alert... alerts) {
    expect.fires(name, Expectations.REPLAY, reason, severity, 2, day, token.subject(), alerts);
  }

  private void byAccount() {
    Account traveller = cast.user();
    Instant start = slot(24);
    scene.history(traveller, 18, 20, 22);
    scene.add(SignIn.of(traveller, Site.HOME, 30, start));
    scene.add(
        SignIn.of(traveller, Site.SINGAPORE, 170, start.plus(minutes(40))).on(Device.UNKNOWN));
    Alert alert = alert(start.plus(minutes(90))).naming(traveller.shouting());
    recording.stream(alert);
    expect.travels("medium-becomes-high", "High", 1, 24, traveller, false, alert);

    Account mobile = cast.user();
    start = slot(25);
    scene.history(mobile, 18, 20, 22);
    scene.add(SignIn.of(mobile, Site.HOME, 30, start));
    scene.add(
        SignIn.of(mobile, Site.MOBILE_ABROAD, 171, start.plus(minutes(40))).on(Device.UNKNOWN));
    alert = alert(start.minus(minutes(120))).naming(mobile).severity("High");
    recording.export(alert);
    expect.travels("low-becomes-medium", "Medium", 1, 25, mobile, false, alert);

    Stolen high = stolen(TokenCases.HOSTING, 172, 200, slot(24));
    alert = alert(high.used.plus(minutes(100))).naming(high.who()).severity("High");
    recording.stream(alert);
    carries("high-stays-high", "High", 24, high, alert);

    Stolen relayed = stolen(173, slot(25));
    alert =
        alert(relayed.used.plus(minutes(200)))
            .naming(relayed.who())
            .by("Microsoft Sentinel", "Mailbox rule that hides messages");
    recording.stream(alert);
    carries("sentinel-alert-of-another-product", "High", 25, relayed, alert);
  }

  private void byName() {
    Stolen stolen = stolen(174, slot(24));
    Alert alert = alert(stolen.used.plus(minutes(100))).namingByName(stolen.who());
    recording.export(alert);
    carries("by-name-only", "High", 24, stolen, alert);

    Stolen other = stolen(175, slot(25));
    alert = alert(other.used.minus(minutes(150))).namingByName(other.who());
    recording.stream(alert);
    carries("by-name-only-before-the-sign-in", "High", 25, other, alert);
  }

  private void byAddress() {
    IssuedToken token = scene.signIn(Site.HOME, 176, slot(24));
    scene.add(
        Call.from(TokenCases.ABROAD + 176, token.after(14)).answered(403).traced(token.link()));
    Alert alert = alert(token.after(20)).naming(TokenCases.ABROAD + 176);
    recording.stream(alert);
    carries("address-of-a-refused-call", "attempt", "Medium", 24, token, alert);

    // Of 23 calls not all are shown, but each of them counts.
    token = scene.signIn(Site.HOME, 177, slot(25));
    for (int call = 0; call < 23; call++) {
      scene.add(
          Call.from(TokenCases.VPN + (200 + call), token.after(5 + call))
              .traced(token.link())
              .once());
    }
    alert = alert(token.after(180)).naming(TokenCases.VPN + 221);
    recording.export(alert);
    carries("address-among-many", "two-networks", "High", 25, token, alert);

    // Within the hour the address itself is a finding too.
    Stolen both = stolen(178, slot(24));
    alert = alert(both.used.plus(minutes(30))).naming(both.address);
    recording.stream(alert);
    carries("address-of-the-finding-and-flagged: the token", "High", 24, both, alert);
    expect.flags(
        "address-of-the-finding-and-flagged: the user",
        "Medium",
        1,
        24,
        Subject.at(both.who(), both.address),
        alert);
  }

  private void atTheEdges() {
    Instant start = at(24, "09:00:00");
    Stolen after = stolen(179, start);
    Alert alert = alert(after.used.plus(NEARLY_A_DAY)).naming(after.who());
    recording.stream(alert);
    carries("nearly-a-day-after", "High", 24, after, alert);

    start = at(25, "09:30:00");
    Stolen before = stolen(180, start);
    alert = alert(start.minus(NEARLY_A_DAY)).naming(before.who());
    recording.export(alert);
    carries("nearly-a-day-before", "High", 25, before, alert);

    Stolen late = stolen(181, slot(22));
    alert =
        alert(late.used.plus(minutes(100))).naming(late.who()).arriving(Duration.ofMinutes(4_290));
    recording.stream(alert);
    carries("alert-that-arrives-after-three-days", "High", 22, late, alert);

    // The finding comes long after the alert was judged, because the sign-in's record is slow.
    IssuedToken slow =
        scene.signIn(
            Site.HOME, 182, slot(24), signIn -> signIn.arriving(Duration.ofHours(6)).once());
    scene.add(Call.from(TokenCases.VPN + 182, slow.after(12)).traced(slow.link()).once());
    alert = alert(slow.after(100)).naming(slow.who());
    recording.stream(alert);
    carries(
        "finding-that-arrives-after-the-alert", "High", 24, new Stolen(slow, slow.at(), ""), alert);
  }

  private void updates() {
    Stolen risen = stolen(183, slot(24));
    Alert alert = alert(risen.used.plus(minutes(70))).naming(risen.who()).severity("Low");
    recording.stream(alert);
    alert.severity("Medium");
    recording.info(alert, Duration.ofHours(2));
    carries("severity-rises-with-an-update", "High", 24, risen, alert);

    Stolen exported = stolen(184, slot(25));
    alert = alert(exported.used.plus(minutes(70))).naming(exported.who()).severity("Informational");
    recording.export(alert);
    alert.severity("High");
    recording.export(alert);
    carries("severity-rises-with-a-second-export", "High", 25, exported, alert);

    Stolen slow = stolen(185, slot(24));
    alert = alert(slow.used.plus(minutes(70))).naming(slow.who()).oldRows();
    recording.evidence(alert, Duration.ofMinutes(1));
    recording.info(alert, Duration.ofMinutes(25));
    carries("info-after-evidence", "High", 24, slow, alert);

    Stolen named = stolen(186, slot(24));
    alert = alert(named.used.plus(minutes(70))).naming(named.who()).oldRows();
    recording.info(alert, Duration.ofMinutes(1));
    recording.evidence(alert, Duration.ofHours(5));
    recording.evidence(alert, Duration.ofHours(5).plusMinutes(4));
    carries("evidence-hours-after-info", "High", 24, named, alert);
  }

  private void several() {
    IssuedToken token = scene.signIn(Site.HOME, 187, slot(24));
    scene.add(
        Call.from(TokenCases.HOSTING + 187, token.after(14)).answered(401).traced(token.link()));
    Alert first = alert(token.after(80)).naming(token.who()).severity("High");
    Alert second = alert(token.after(85)).naming(TokenCases.HOSTING + 187);
    recording.stream(first);
    recording.export(second);
    carries("two-alerts-raise-once", "attempt", "Medium", 24, token, first, second);
  }

  private void partner() {
    String outside = "198.19.20.77";
    Instant called = at(25, "05:30:00");
    scene.add(Call.from(outside, called).by("fabrikam-prod", ""));
    Alert alert = alert(called.plus(minutes(300))).naming(outside);
    recording.export(alert);
    expect.fires(
        "partner-outside-everything-and-flagged",
        Expectations.DRIFT,
        "outside-allowlist",
        "High",
        1,
        25,
        Subject.partner("fabrikam", outside),
        alert);

    // The partner is known to call from this cloud in its country: Medium without the alert.
    String strange = "198.19.42.77";
    called = at(25, "02:10:00");
    scene.add(Call.from(strange, called).by("ts-63f0a2", "tailspin-orders"));
    alert = alert(called.plus(minutes(200))).naming(strange);
    recording.stream(alert);
    expect.fires(
        "partner-in-a-new-network-and-flagged",
        Expectations.DRIFT,
        "new-network",
        "High",
        1,
        25,
        Subject.partner("tailspin", strange),
        alert);
  }
}
