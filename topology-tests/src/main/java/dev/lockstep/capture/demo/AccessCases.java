package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code conditional-access-gap} for the demo: tokens of sign-ins without a conditional
 * access policy or from an unmanaged device, and their near misses.
 */
final class AccessCases extends SceneCases {
  private static final Device COMPLIANT =
      new Device("7b9c1d2e-0f31-4a52-8c63-d74e5f6a7b80", "NW-PH-9001", "Ios 26", false, true);

  private final UnaryOperator<SignIn> payments;
  private int host = 10;

  AccessCases(Scene scene) {
    super(scene, scene.denseSlots());
    this.payments = signIn -> signIn.to(NetworkFiles.PAYMENTS_API);
  }

  void play() {
    attacks();
    times();
    gates();
    nearMisses();
  }

  private IssuedToken used(UnaryOperator<SignIn> signIn, Instant start, Duration later) {
    return used(signIn, Site.HOME.address(++host), start, later, false);
  }

  private IssuedToken used(
      UnaryOperator<SignIn> changes, String from, Instant at, Duration later, boolean longLived) {
    IssuedToken token = scene.signIn(Site.HOME, host, at, one -> changes.apply(one.once()));
    Link link = token.link();
    scene.add(Call.from(from, at.plus(later)).traced(longLived ? link.withoutExpiry() : link));
    return token;
  }

  private void fires(String name, String reason, String severity, int day, IssuedToken used) {
    scene.fires(name, Expectations.ACCESS, reason, severity, 1, day, used.subject());
  }

  private void nearMiss(String name, @Nullable String gate, IssuedToken used, String why) {
    scene.expect().nearMiss(name, Expectations.ACCESS, gate, used.subject(), why);
  }

  private void attacks() {
    fires(
        "payments-from-an-unmanaged-device",
        "unmanaged-device",
        "High",
        24,
        used(one -> payments.apply(one).on(Device.UNKNOWN), slot(24), minutes(5)));
    fires(
        "reports-without-a-policy",
        "not-applied",
        "Medium",
        25,
        used(
            one -> one.to(NetworkFiles.REPORTS_API).conditionalAccess("notApplied"),
            slot(25),
            minutes(5)));
    fires(
        "payments-without-a-policy-on-a-managed-device",
        "not-applied",
        "Medium",
        24,
        used(one -> payments.apply(one).conditionalAccess("notApplied"), slot(24), minutes(5)));
    fires(
        "payments-without-a-policy-from-an-unmanaged-device",
        "unmanaged-device",
        "High",
        25,
        used(
            one -> payments.apply(one).on(Device.UNKNOWN).conditionalAccess("notApplied"),
            slot(25),
            minutes(5)));
  }

  private void times() {
    Instant start = CaptureDays.at(22, "09:35:00");
    Duration most = Duration.ofDays(2);
    fires(
        "unmanaged-device-two-days-before",
        "unmanaged-device",
        "High",
        24,
        used(
            one -> payments.apply(one).on(Device.UNKNOWN),
            Site.HOME.address(++host),
            start,
            most,
            true));
    nearMiss(
        "unmanaged-device-more-than-two-days-before",
        null,
        used(
            one -> payments.apply(one).on(Device.UNKNOWN),
            Site.HOME.address(++host),
            start.plusSeconds(600),
            most.plusMillis(1),
            true),
        "More than 48 h apart.");
  }

  private void gates() {
    nearMiss(
        "agent-at-payments",
        "on-behalf-of",
        used(
            one -> payments.apply(one).on(Device.UNKNOWN).nonInteractive().agent("agenticApp"),
            slot(24),
            minutes(5)),
        "An agent signed in for the user.");
    nearMiss(
        "payments-by-a-server",
        "backend",
        used(
            one -> payments.apply(one).on(Device.UNKNOWN),
            Site.WEB_APPS.address(210),
            slot(25),
            minutes(5),
            false),
        "One of our own servers calls.");
  }

  private void nearMisses() {
    nearMiss(
        "payments-from-a-compliant-device",
        null,
        used(one -> payments.apply(one).on(COMPLIANT), slot(24), minutes(5)),
        "Not managed, but compliant.");
    nearMiss(
        "payments-from-a-device-of-which-nothing-is-told",
        null,
        used(one -> payments.apply(one).withoutDevice(), slot(25), minutes(5)),
        "The record does not describe the device.");
    scene.expect().atLeast(Expectations.ACCESS, "no-device", 1);
    nearMiss(
        "reports-from-an-unmanaged-device",
        null,
        used(one -> one.to(NetworkFiles.REPORTS_API).on(Device.UNKNOWN), slot(24), minutes(5)),
        "Reports need no managed device.");
    nearMiss(
        "orders-without-a-policy",
        null,
        used(one -> one.conditionalAccess("notApplied"), slot(25), minutes(5)),
        "The application is not listed.");
  }
}
