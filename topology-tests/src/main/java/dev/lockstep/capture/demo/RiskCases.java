package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;
import static java.time.temporal.ChronoUnit.SECONDS;

import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.EntraRecords;
import dev.lockstep.capture.record.EntraRecords.Stated;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code risky-sign-in-used} for the demo: accepted tokens of sign-ins at risk, and
 * similar tokens that cause no finding.
 */
final class RiskCases extends SceneCases {
  private int host = 40;
  private IssuedToken token;

  RiskCases(Scene scene) {
    super(scene, scene.denseSlots());
    this.token = scene.token(Instant.EPOCH);
  }

  void play() {
    atSignIn();
    foundLater();
    closed();
    nearMisses();
  }

  private void signIn(int day, String level, String state) {
    signIn(slot(day), level, state);
  }

  private void signIn(Instant at, String level, String state) {
    token = scene.signIn(Site.HOME, ++host, at, one -> one.risk(level, state).once());
  }

  private void call(Duration later) {
    call(Site.HOME.address(host), later);
  }

  private void call(String from, Duration later) {
    scene.add(Call.from(from, token.at().plus(later)).traced(token.link().withoutExpiry()));
  }

  private void states(Stated stated) {
    states(stated, token.id().toString());
  }

  private void states(Stated stated, String signIn) {
    Instant at = token.at().plus(stated.lag()).truncatedTo(SECONDS);
    scene.add(
        Hub.AUDIT,
        "UserRiskEvents",
        at,
        EntraRecords.riskEvent(
            stated, token.who(), signIn, Site.HOME.address(host), at, scene.dice()));
  }

  private Stated found(String level) {
    return Stated.of(scene.dice().guid(), level);
  }

  private void fires(String name, String reason, String severity, int day) {
    scene.fires(name, Expectations.RISK, reason, severity, 1, day, token.subject());
  }

  private void nearMiss(String name, @Nullable String gate, String why) {
    scene.expect().nearMiss(name, Expectations.RISK, gate, token.subject(), why);
  }

  private void atSignIn() {
    signIn(24, "medium", "atRisk");
    call(minutes(6));
    fires("medium-risk-at-sign-in", "at-sign-in", "Medium", 24);

    signIn(25, "high", "atRisk");
    call(minutes(6));
    fires("high-risk-at-sign-in", "at-sign-in", "High", 25);

    signIn(24, "low", "confirmedCompromised");
    call(minutes(6));
    fires("confirmed-at-sign-in", "at-sign-in", "High", 24);
  }

  private void foundLater() {
    signIn(25, "none", "none");
    call(minutes(6));
    states(found("medium"));
    fires("medium-risk-found-later", "found-later", "Medium", 25);

    signIn(24, "none", "none");
    call(minutes(6));
    states(found("high"));
    fires("high-risk-found-later", "found-later", "High", 24);

    signIn(25, "none", "none");
    call(minutes(6));
    Stated risk = found("low");
    states(risk);
    states(risk.later("confirmedCompromised", Duration.ofHours(2)));
    states(risk.later("dismissed", Duration.ofHours(3)));
    fires("confirmed-and-never-closed", "found-later", "High", 25);

    signIn(24, "medium", "atRisk");
    call(minutes(6));
    states(found("medium"));
    fires("at-sign-in-and-found-later", "at-sign-in", "Medium", 24);

    signIn(CaptureDays.at(22, "09:45:00"), "high", "atRisk");
    call(Duration.ofDays(2));
    fires("risk-two-days-before", "at-sign-in", "High", 24);
  }

  private void closed() {
    signIn(25, "medium", "dismissed");
    call(minutes(6));
    nearMiss("dismissed-at-sign-in", "risk-closed", "The sign-in's own risk is dismissed.");

    signIn(24, "none", "none");
    call(minutes(6));
    Stated risk = found("high");
    states(risk);
    states(risk.later("remediated", Duration.ofHours(4)));
    nearMiss("remediated-after-hours", "risk-closed", "The user has changed the password since.");

    signIn(25, "medium", "atRisk");
    call(minutes(6));
    risk = found("medium");
    states(risk);
    states(risk.later("confirmedSafe", Duration.ofHours(2)));
    nearMiss("risk-event-closes-the-sign-ins", "risk-closed", "A risk of this token is closed.");

    signIn(24, "high", "atRisk");
    call(Site.WEB_APPS.address(211), minutes(6));
    nearMiss("risk-and-a-server", "backend", "One of our own servers calls.");
  }

  private void nearMisses() {
    signIn(25, "low", "atRisk");
    call(minutes(6));
    nearMiss("low-risk", null, "Only medium and high count.");

    signIn(24, "high", "atRisk");
    nearMiss("risk-without-a-call", null, "No call used the token.");

    signIn(25, "high", "atRisk");
    scene.add(
        Call.from(Site.HOME.address(host), token.after(6)).answered(403).traced(token.link()));
    nearMiss("risk-and-a-refusal", null, "The call was refused.");

    signIn(24, "none", "none");
    call(minutes(6));
    states(found("high"), "");
    nearMiss("risk-of-no-sign-in", null, "The risk names no sign-in.");
    scene.expect().atLeast(Expectations.RISK, "no-sign-in", 1);

    signIn(CaptureDays.at(22, "09:55:00"), "high", "atRisk");
    call(Duration.ofDays(2).plusMillis(1));
    nearMiss("risk-more-than-two-days-before", null, "More than 48 h apart.");
  }
}
