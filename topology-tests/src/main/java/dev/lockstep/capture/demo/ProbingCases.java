package dev.lockstep.capture.demo;

import static dev.lockstep.capture.demo.CaptureDays.minutes;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Link;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code gateway-probing} for the demo: callers that try one operation after the other,
 * and similar callers on which the rule must not fire.
 */
final class ProbingCases {
  static final String ANYWHERE = "198.19.112.";

  private final Scene scene;

  ProbingCases(Scene scene) {
    this.scene = scene;
  }

  /**
   * Attempts of one caller at operations of a gateway, refused with one or two status codes.
   *
   * @param every seconds from one attempt to the next
   */
  private record Tries(int number, int operations, int kinds, int every) {
    static final Tries ENOUGH = new Tries(20, 5, 2, 25);
  }

  void play() {
    attacks();
    gates();
    nearMisses();
  }

  private Instant slot(int day) {
    return scene.denseSlots().next(day).truncatedTo(ChronoUnit.MINUTES);
  }

  private Instant tries(Tries tries, String address, Instant start, @Nullable Account who) {
    Instant at = start;
    for (int number = 0; number < tries.number(); number++) {
      at = start.plusSeconds((long) tries.every() * number);
      Call call =
          Call.from(address, at)
              .by("", "")
              .of("try-" + number % tries.operations())
              .answered(number % tries.kinds() == 0 ? 401 : 403)
              .once();
      scene.add(who == null ? call : call.traced(Link.withoutToken(who, start)));
    }
    return at;
  }

  /**
   * Adds to a scene just enough refused calls to cause a finding, and returns the time of the last
   * call.
   *
   * @param address address that no other case uses
   */
  static Instant enough(Scene scene, String address, Instant start) {
    return new ProbingCases(scene).tries(Tries.ENOUGH, address, start, null);
  }

  private void fires(
      String name, String reason, String severity, int count, int day, Subject subject) {
    scene.fires(name, Expectations.PROBING, reason, severity, count, day, subject);
  }

  private void nearMiss(String name, @Nullable String gate, String address, String why) {
    scene.expect().nearMiss(name, Expectations.PROBING, gate, Subject.address(address), why);
  }

  private void attacks() {
    tries(Tries.ENOUGH, ANYWHERE + 1, slot(24), null);
    fires("probing", "probing", "Medium", 8, 24, Subject.address(ANYWHERE + 1));

    Instant last = tries(Tries.ENOUGH, ANYWHERE + 2, slot(25), null);
    scene.add(Call.from(ANYWHERE + 2, last.plusSeconds(600).plusMillis(900)).by("", ""));
    fires("probing-then-let-in", "then-success", "High", 8, 25, Subject.address(ANYWHERE + 2));

    last = tries(Tries.ENOUGH, ANYWHERE + 3, slot(24), null);
    scene.add(Call.from(ANYWHERE + 3, last.plusSeconds(601)).by("", ""));
    fires("probing-then-let-in-later", "probing", "Medium", 8, 24, Subject.address(ANYWHERE + 3));

    Account who = scene.cast().user();
    tries(Tries.ENOUGH, Site.OFFICE.address(203), slot(25), who);
    fires("somebody-probes-at-the-office", "probing", "Medium", 8, 25, Subject.of(who));
    nearMiss(
        "probing-at-the-office",
        "corporate-egress",
        Site.OFFICE.address(203),
        "The address is our own egress; the user is named all the same.");

    Instant start = slot(24);
    for (int number = 0; number < Tries.ENOUGH.number(); number++) {
      Instant at = start.plusSeconds(25L * number);
      Call call = Call.from(ANYWHERE + 4, at).by("", "").of("try-" + number % 5).once();
      scene.add(
          number % 2 == 0 ? call.answered(400).refusedBy("validate-content") : call.answered(429));
    }
    fires("content-that-is-not-valid", "probing", "Medium", 8, 24, Subject.address(ANYWHERE + 4));
  }

  private void gates() {
    tries(Tries.ENOUGH, Site.WEB_APPS.address(203), slot(25), null);
    nearMiss(
        "server-is-refused", "backend", Site.WEB_APPS.address(203), "The address is our server's.");
  }

  private void nearMisses() {
    tries(new Tries(19, 5, 2, 25), ANYWHERE + 5, slot(24), null);
    nearMiss("nineteen-attempts", null, ANYWHERE + 5, "Twenty attempts are needed.");
    tries(new Tries(20, 4, 2, 25), ANYWHERE + 6, slot(25), null);
    nearMiss("four-operations", null, ANYWHERE + 6, "Five operations are needed.");
    tries(new Tries(20, 5, 1, 25), ANYWHERE + 7, slot(24), null);
    nearMiss("one-kind", null, ANYWHERE + 7, "Two kinds of refusal are needed.");
    tries(new Tries(20, 5, 2, 32), ANYWHERE + 8, slot(25), null);
    nearMiss("eleven-minutes", null, ANYWHERE + 8, "The last attempt lies in the eleventh minute.");
    tries(new Tries(20, 5, 2, 25), TokenCases.FRONT_DOOR + 45, slot(24).plus(minutes(1)), null);
    scene.expect().atLeast(Expectations.PROBING, "no-address", 20);
  }
}
