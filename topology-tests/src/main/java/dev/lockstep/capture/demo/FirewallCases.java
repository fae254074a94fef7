package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.EdgeRecord;
import dev.lockstep.capture.record.EdgeRecord.FirewallMatch;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.RecordedGateway;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Demo cases of the rule {@code waf-then-success}, with near misses: the firewall blocks an address
 * before the gateway accepts calls from this address.
 */
final class FirewallCases {
  private static final String ANYWHERE = "198.19.103.";
  private static final int TEN_MINUTES = 600;
  private static final FirewallMatch INJECTION = FirewallMatch.blocking("SQLI-942100");
  private static final FirewallMatch SCRIPT = FirewallMatch.blocking("XSS-941130");
  private static final FirewallMatch TRAVERSAL = FirewallMatch.blocking("LFI-930100");

  private final Scene scene;

  FirewallCases(Scene scene) {
    this.scene = scene;
  }

  void play() {
    attacks();
    gates();
    times();
    blocks();
  }

  private Instant slot(int day) {
    return scene.denseSlots().next(day).truncatedTo(ChronoUnit.MINUTES);
  }

  private void block(FirewallMatch match, String address, Instant at) {
    block(match, scene.reference(), address, at);
  }

  private void block(FirewallMatch match, String reference, String address, Instant at) {
    scene.add(
        Hub.FRONT_DOOR,
        "FrontDoorWebApplicationFirewallLog",
        at,
        EdgeRecord.firewall(match, reference, address, address, at, scene.dice()));
  }

  private static Call through(String address, Instant at) {
    return Call.from(TokenCases.FRONT_DOOR + 42, at).by("", "").headers(address, "");
  }

  private void fires(String name, String severity, int count, int day, String address) {
    scene.fires(
        name,
        Expectations.FIREWALL,
        "waf-then-success",
        severity,
        count,
        day,
        Subject.address(address));
  }

  private void nearMiss(String name, @Nullable String gate, String address, String why) {
    scene.expect().nearMiss(name, Expectations.FIREWALL, gate, Subject.address(address), why);
  }

  private void attacks() {
    Instant start = slot(24);
    block(INJECTION, ANYWHERE + 1, start);
    scene.add(through(ANYWHERE + 1, start.plusSeconds(90)));
    scene.add(through(ANYWHERE + 1, start.plusSeconds(200)));
    fires("blocked-then-let-in", "Medium", 2, 24, ANYWHERE + 1);

    start = slot(25);
    block(INJECTION, ANYWHERE + 2, start);
    block(SCRIPT, ANYWHERE + 2, start.plusSeconds(20));
    block(TRAVERSAL, ANYWHERE + 2, start.plusSeconds(40));
    scene.add(through(ANYWHERE + 2, start.plusSeconds(100)).reference(scene.reference()));
    fires("three-ways-in", "High", 1, 25, ANYWHERE + 2);

    start = slot(24);
    for (int request = 0; request < 3; request++) {
      String reference = scene.reference();
      block(INJECTION.doing("AnomalyScoring"), reference, ANYWHERE + 3, start);
      block(SCRIPT.doing("AnomalyScoring"), reference, ANYWHERE + 3, start);
      block(
          FirewallMatch.blocking("BlockingEvaluation-949110").doing("block"),
          reference,
          ANYWHERE + 3,
          start);
      start = start.plusSeconds(30);
    }
    scene.add(through(ANYWHERE + 3, start.plusSeconds(60)));
    fires("scored-by-three-rules", "High", 1, 24, ANYWHERE + 3);

    start = slot(25);
    block(INJECTION, ANYWHERE + 4, start);
    block(SCRIPT, ANYWHERE + 4, start.plusSeconds(20));
    block(INJECTION, ANYWHERE + 4, start.plusSeconds(40));
    scene.add(through(ANYWHERE + 4, start.plusSeconds(100)));
    fires("three-blocks-of-two-rules", "Medium", 1, 25, ANYWHERE + 4);

    start = slot(24);
    block(INJECTION.at("northwind-apim.azure-api.example"), ANYWHERE + 5, start);
    scene.add(through(ANYWHERE + 5, start.plusSeconds(100)));
    fires("blocked-at-another-name-of-the-gateway", "Medium", 1, 24, ANYWHERE + 5);
  }

  private void gates() {
    Instant start = slot(25);
    block(INJECTION, Site.OFFICE.address(202), start);
    scene.add(Call.from(Site.OFFICE.address(202), start.plusSeconds(60)).by("", ""));
    nearMiss(
        "blocked-at-the-office",
        "corporate-egress",
        Site.OFFICE.address(202),
        "The address is our own egress.");
    start = slot(24);
    block(INJECTION, Site.WEB_APPS.address(202), start);
    scene.add(Call.from(Site.WEB_APPS.address(202), start.plusSeconds(60)).by("", ""));
    nearMiss(
        "blocked-server", "backend", Site.WEB_APPS.address(202), "The address is our server's.");
  }

  private void times() {
    Instant start = slot(25);
    block(INJECTION, ANYWHERE + 6, start);
    scene.add(through(ANYWHERE + 6, start.plusSeconds(TEN_MINUTES)));
    fires("let-in-ten-minutes-after", "Medium", 1, 25, ANYWHERE + 6);

    start = slot(24);
    block(INJECTION, ANYWHERE + 7, start);
    scene.add(through(ANYWHERE + 7, start.plusSeconds(TEN_MINUTES).plusMillis(1)));
    nearMiss("let-in-later", null, ANYWHERE + 7, "More than ten minutes after the block.");

    start = slot(25);
    scene.add(through(ANYWHERE + 8, start));
    block(INJECTION, ANYWHERE + 8, start.plusMillis(1));
    nearMiss("let-in-before", null, ANYWHERE + 8, "The block came after the call.");
  }

  private void blocks() {
    Instant start = slot(24);
    block(INJECTION.in("detection"), ANYWHERE + 9, start);
    scene.add(through(ANYWHERE + 9, start.plusSeconds(60)));
    nearMiss("policy-that-only-detects", null, ANYWHERE + 9, "Nothing was blocked.");

    start = slot(25);
    block(INJECTION.doing("Log"), ANYWHERE + 10, start);
    scene.add(through(ANYWHERE + 10, start.plusSeconds(60)));
    nearMiss("rule-that-only-logs", null, ANYWHERE + 10, "Nothing was blocked.");

    start = slot(24);
    block(INJECTION.at(RecordedGateway.SHOP.host()), ANYWHERE + 11, start);
    scene.add(through(ANYWHERE + 11, start.plusSeconds(60)));
    nearMiss("blocked-at-another-host", null, ANYWHERE + 11, "The call is of another gateway.");

    start = slot(25);
    String reference = scene.reference();
    block(INJECTION, reference, ANYWHERE + 12, start);
    scene.add(through(ANYWHERE + 12, start.plusSeconds(60)).reference(reference));
    nearMiss("the-very-request", null, ANYWHERE + 12, "A request does not follow its own block.");

    start = slot(24);
    block(INJECTION, ANYWHERE + 13, start);
    scene.add(through(ANYWHERE + 13, start.plusSeconds(60)).answered(403));
    nearMiss("refused-after-the-block", null, ANYWHERE + 13, "No call was accepted.");

    block(INJECTION, TokenCases.FRONT_DOOR + 43, slot(25));
    block(INJECTION.at(""), ANYWHERE + 14, slot(24));
    scene.expect().atLeast(Expectations.FIREWALL, "no-address", 1);
    scene.expect().atLeast(Expectations.FIREWALL, "no-host", 1);
  }
}
