package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Device;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code password-spray} for the demo: addresses at which the sign-ins of many users fail,
 * and near misses. Some users sign in after the spray, and some of the addresses are shared.
 */
final class SprayCases {
  private static final Site ANYWHERE = Site.blank("198.19.113.");
  private static final int WRONG_PASSWORD = 50_126;
  private static final int LOCKED = 50_053;
  private static final int MANY = 50;

  private final Scene scene;
  private final List<Account> sprayed = new ArrayList<>();

  SprayCases(Scene scene) {
    this.scene = scene;
  }

  void play() {
    for (int user = 0; user < MANY; user++) {
      sprayed.add(scene.cast().user());
    }
    attacks();
    successes();
    shared();
    nearMisses();
  }

  private Instant slot(int day) {
    return scene.denseSlots().next(day).truncatedTo(ChronoUnit.MINUTES);
  }

  private static SignIn failure(Account who, Site site, int host, Instant at) {
    return SignIn.of(who, site, host, at)
        .on(Device.UNKNOWN)
        .singleFactor()
        .failed(WRONG_PASSWORD)
        .once();
  }

  private void sprays(int users, Site site, int host, Instant start, Duration every) {
    for (int user = 0; user < users; user++) {
      scene.add(
          failure(sprayed.get(user), site, host, start.plus(every.multipliedBy(user)))
              .failed(user % 4 == 3 ? LOCKED : WRONG_PASSWORD));
    }
  }

  private void succeeds(Account who, int host, Instant at) {
    scene.add(SignIn.of(who, ANYWHERE, host, at).on(Device.UNKNOWN).singleFactor());
  }

  private void fires(String name, String reason, String severity, int count, int day, int host) {
    fires(name, reason, severity, count, day, ANYWHERE.address(host));
  }

  private void fires(
      String name, String reason, String severity, int count, int day, String address) {
    scene.fires(name, Expectations.SPRAY, reason, severity, count, day, Subject.address(address));
  }

  private void nearMiss(String name, @Nullable String gate, String address, String why) {
    scene.expect().nearMiss(name, Expectations.SPRAY, gate, Subject.address(address), why);
  }

  private void attacks() {
    Instant start = slot(24);
    sprays(10, ANYWHERE, 1, start, Duration.ofSeconds(370));
    fires("ten-users-in-an-hour", "spray", "Medium", 10, 24, 1);

    start = slot(25);
    sprays(10, ANYWHERE, 2, start, minutes(1));
    succeeds(scene.cast().user(), 2, start.plus(minutes(30)));
    fires("somebody-else-signs-in", "spray", "Medium", 10, 25, 2);
  }

  /**
   * Adds a spray, a sign-in of its tenth user, and the finding to expect.
   *
   * @param later time from the end of the spray to the sign-in; negative if the sign-in comes first
   * @param counts if the sign-in comes in time to count
   */
  private void success(String name, int host, int day, Duration later, boolean counts) {
    Account who = scene.cast().user();
    Instant start = slot(day);
    sprays(9, ANYWHERE, host, start, minutes(1));
    Instant last = start.plus(minutes(9));
    scene.add(failure(who, ANYWHERE, host, last));
    succeeds(who, host, last.plus(later));
    scene
        .expect()
        .firesUntil(
            counts && later.toDays() > 0 ? day + 1 : day,
            name,
            Expectations.SPRAY,
            counts ? "then-success" : "spray",
            counts ? "High" : "Medium",
            10,
            day,
            Subject.address(ANYWHERE.address(host)));
  }

  private void successes() {
    success("a-password-was-right", 3, 24, minutes(12), true);
    success("a-password-was-right-a-day-later", 4, 24, minutes(1440), true);
    success("a-password-was-right-too-late", 5, 24, minutes(1441), false);
    success("signed-in-before-the-spray", 6, 25, minutes(-30), false);
  }

  private void shared() {
    Instant start = slot(25);
    sprays(MANY, Site.blank(Site.OFFICE.prefix()), 204, start, minutes(1));
    fires("fifty-at-the-office", "spray", "Medium", MANY, 25, Site.OFFICE.address(204));

    start = slot(24);
    sprays(12, Site.blank(Site.PHONE.prefix()), 205, start, minutes(1));
    nearMiss(
        "twelve-on-a-mobile-line",
        "shared-address",
        Site.PHONE.address(205),
        "Many users share the address: fifty are needed.");
  }

  private void nearMisses() {
    sprays(9, ANYWHERE, 7, slot(25), minutes(1));
    nearMiss("nine-users", null, ANYWHERE.address(7), "Ten users are needed.");
    sprays(10, ANYWHERE, 8, slot(24), Duration.ofSeconds(400));
    nearMiss(
        "ten-users-in-61-minutes", null, ANYWHERE.address(8), "The tenth user fails too late.");
    Instant start = slot(25);
    for (int user = 0; user < 10; user++) {
      scene.add(failure(sprayed.get(user), ANYWHERE, 9, start.plus(minutes(user))).failed(50_074));
    }
    nearMiss("a-second-factor-is-asked-for", null, ANYWHERE.address(9), "No password was wrong.");
  }
}
