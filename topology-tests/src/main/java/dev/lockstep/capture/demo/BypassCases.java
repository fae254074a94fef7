package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.RecordedGateway;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Cases of the rule {@code gateway-bypass} for the demo. Some calls go around the Front Door to the
 * gateway. The others are similar, but the rule does not fire for them.
 */
final class BypassCases extends SceneCases {
  private static final String ANYWHERE = "198.19.102.";
  private static final String DOOR = TokenCases.FRONT_DOOR + 40;
  private static final String SOMEBODY_ELSES = "0e6b7f11-2c3d-4a5e-8f90-a1b2c3d4e5f6";

  BypassCases(Scene scene) {
    super(scene, scene.denseSlots());
  }

  void play() {
    direct();
    foreign();
    gates();
    nearMisses();
  }

  private static Call shop(String peer, Instant at) {
    return Call.from(peer, at).by("", "").at(RecordedGateway.SHOP);
  }

  private void fires(
      String name, String reason, String severity, int count, int day, String address) {
    scene.fires(name, Expectations.BYPASS, reason, severity, count, day, Subject.address(address));
  }

  private void nearMiss(String name, @Nullable String gate, String address, String why) {
    scene.expect().nearMiss(name, Expectations.BYPASS, gate, Subject.address(address), why);
  }

  private void direct() {
    Instant start = slot(24);
    scene.add(shop(ANYWHERE + 1, start));
    scene.add(shop(ANYWHERE + 1, start.plusSeconds(61)));
    fires("past-the-front-door", "direct", "High", 2, 24, ANYWHERE + 1);

    scene.add(shop(ANYWHERE + 2, slot(25)).answered(401));
    fires("past-the-front-door-and-refused", "direct", "Low", 1, 25, ANYWHERE + 2);

    scene.add(shop(ANYWHERE + 3, slot(24)).ofNoApi().answered(404));
    fires("scanner-past-the-front-door", "direct", "Low", 1, 24, ANYWHERE + 3);

    start = slot(25);
    scene.add(shop(ANYWHERE + 4, start).answered(403));
    scene.add(shop(ANYWHERE + 4, start.plusSeconds(70)));
    fires("refused-then-let-in-past-the-front-door", "direct", "High", 2, 25, ANYWHERE + 4);
  }

  private void foreign() {
    scene.add(shop(DOOR, slot(24)).frontDoor(SOMEBODY_ELSES).headers(ANYWHERE + 5, ""));
    fires("somebody-elses-front-door", "foreign-front-door", "High", 1, 24, ANYWHERE + 5);

    scene.add(
        shop(DOOR, slot(25)).frontDoor(SOMEBODY_ELSES).headers(ANYWHERE + 6, "").answered(429));
    fires("refused-by-somebody-elses-front-door", "foreign-front-door", "Low", 1, 25, ANYWHERE + 6);

    scene.add(shop(TokenCases.FRONT_DOOR + 41, slot(24)).frontDoor(SOMEBODY_ELSES));
    fires(
        "somebody-elses-front-door-tells-no-client",
        "foreign-front-door",
        "High",
        1,
        24,
        TokenCases.FRONT_DOOR + 41);
  }

  private void gates() {
    scene.add(shop("10.20.4.17", slot(24)));
    nearMiss(
        "call-from-inside",
        "private",
        "10.20.4.17",
        "A private address belongs to the own network.");
    scene.add(shop(Site.OFFICE.address(201), slot(25)));
    nearMiss(
        "call-from-the-office",
        "corporate-egress",
        Site.OFFICE.address(201),
        "The address is our own egress.");
    scene.add(shop(Site.WEB_APPS.address(201), slot(24)));
    nearMiss(
        "call-of-a-server", "backend", Site.WEB_APPS.address(201), "The address is our server's.");
    scene.add(shop(ANYWHERE + 8, slot(25)).withoutCode());
    nearMiss("call-that-hung-up", "no-code", ANYWHERE + 8, "The record has no status.");
  }

  private void nearMisses() {
    scene.add(
        shop(DOOR, slot(24))
            .frontDoor(NetworkFiles.FRONT_DOOR_ID.toUpperCase(Locale.ROOT))
            .headers(ANYWHERE + 9, ""));
    nearMiss("through-the-front-door", null, ANYWHERE + 9, "The Front Door is its own.");
    scene.add(
        shop(DOOR, slot(25))
            .frontDoor(SOMEBODY_ELSES + ", " + NetworkFiles.FRONT_DOOR_ID)
            .headers(ANYWHERE + 10, ""));
    nearMiss("through-two-front-doors", null, ANYWHERE + 10, "One of the two is its own.");
    scene.add(shop(DOOR, slot(24)).headers(ANYWHERE + 11, ""));
    nearMiss("front-door-without-an-id", null, ANYWHERE + 11, "The header is not logged.");
    scene.expect().atLeast(Expectations.BYPASS, "no-fdid", 1);
    scene.add(Call.from(ANYWHERE + 12, slot(25)).by("", ""));
    nearMiss(
        "gateway-without-a-front-door", null, ANYWHERE + 12, "The gateway of orders needs none.");
  }
}
