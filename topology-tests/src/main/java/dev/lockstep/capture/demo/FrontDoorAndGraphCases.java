package dev.lockstep.capture.demo;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Call;
import dev.lockstep.capture.record.Dice;
import dev.lockstep.capture.record.EdgeRecord;
import dev.lockstep.capture.record.EntraRecords;
import dev.lockstep.capture.record.GraphRecord;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.OtherRecords;
import dev.lockstep.capture.record.SignIn;
import dev.lockstep.capture.record.Site;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Cases for the demo with calls through Front Door, calls to Microsoft Graph, and ordinary records
 * of Entra and Key Vault.
 */
final class FrontDoorAndGraphCases extends SceneCases {
  private static final String DOOR = TokenCases.FRONT_DOOR + 30;

  private final Dice dice;

  FrontDoorAndGraphCases(Scene scene) {
    super(scene);
    this.dice = scene.dice();
  }

  void play() {
    replays();
    nearMisses();
    partner();
    graph();
    ordinaryWork();
  }

  private void replays() {
    IssuedToken token = scene.signIn(Site.HOME, 170, slot(24));
    Call call = behindDoor(token.at()).traced(token.link());
    scene.add(call);
    access(call, Site.HOME.address(170), TokenCases.ABROAD + 170);
    firewall(call, Site.HOME.address(170), TokenCases.ABROAD + 170);
    fires("replay-seen-only-at-the-edge", 24, token);

    token = scene.signIn(Site.HOME, 171, slot(25));
    call = behindDoor(token.at()).linked(token.link(), Duration.ofSeconds(4));
    scene.add(call);
    firewall(call, TokenCases.HOSTING + 171, TokenCases.HOSTING + 171);
    fires("edge-and-link-by-message", 25, token);
  }

  private void nearMisses() {
    IssuedToken token = scene.signIn(Site.HOME, 172, slot(24));
    Call call = behindDoor(token.at()).traced(token.link());
    scene.add(call);
    access(call, TokenCases.ABROAD + 172, Site.HOME.address(172));
    nearMiss(
        "edge-shows-the-users-own-network",
        "same-network",
        token,
        "The socket address is at home; the client address is what the request claimed.");

    token = scene.signIn(Site.HOME, 173, slot(25));
    call =
        Call.from(Site.HOME.address(173), token.after(6))
            .reference(scene.reference())
            .traced(token.link());
    scene.add(call);
    access(call, TokenCases.ABROAD + 173, TokenCases.ABROAD + 173);
    nearMiss(
        "reference-from-no-proxy",
        "same-network",
        token,
        "A direct caller of the gateway can send any tracking reference.");

    token = scene.signIn(Site.HOME, 174, slot(24));
    call = behindDoor(token.at()).headers("", Site.HOME.address(174)).traced(token.link());
    scene.add(call);
    access(call, TokenCases.ABROAD + 174, TokenCases.ABROAD + 174);
    nearMiss(
        "headers-go-before-the-edge",
        "same-network",
        token,
        "The record's own headers tell the address.");

    token = scene.signIn(Site.HOME, 175, slot(24));
    scene.add(behindDoor(token.at()).traced(token.link()));
    nearMiss("edge-never-comes", null, token, "The client's address is unknown.");
    expect.atLeast("any", "unjoined-edge", 1);
  }

  private void partner() {
    Instant noon = CaptureDays.at(24, "13:20:10");
    Call call = Call.from(DOOR, noon).by("fabrikam-prod", "").reference(scene.reference());
    scene.add(call);
    access(call, "198.51.100.9", TokenCases.UNREGISTERED + 176);
    expect.fires(
        "partner-outside-by-the-edge",
        Expectations.DRIFT,
        "outside-allowlist",
        "High",
        1,
        24,
        Subject.partner("fabrikam", TokenCases.UNREGISTERED + 176));

    call =
        Call.from(DOOR, noon.plusSeconds(600)).by("fabrikam-prod", "").reference(scene.reference());
    scene.add(call);
    access(call, TokenCases.ABROAD + 177, "198.51.100.77");
    expect.nearMiss(
        "partner-inside-by-the-edge",
        Expectations.DRIFT,
        "declared",
        24,
        Subject.partner("fabrikam", "198.51.100.77"),
        "The socket address is declared; the client address is what the request claimed.");
  }

  private void graph() {
    IssuedToken token = scene.signIn(Site.HOME, 178, slot(25));
    scene.graph(token, TokenCases.ABROAD + 178, token.after(9), GraphRecord.Client.PUBLIC);
    fires("replay-at-graph", 25, token);

    token = scene.signIn(Site.HOME, 179, slot(24));
    scene.add(Call.from(Site.HOME.address(179), token.after(5)).traced(token.link()));
    scene.graph(token, Site.WEB_APPS.address(179), token.after(9), GraphRecord.Client.PUBLIC);
    nearMiss(
        "graph-for-the-user",
        "backend",
        token,
        "A service of Microsoft's calls Graph with the user's token.");

    Account workload = cast.workload("Adatum reader", NetworkFiles.ADATUM_APP);
    token = scene.token(workload, CaptureDays.at(24, "14:00:00"));
    scene.graph(token, "198.19.53.44", CaptureDays.at(24, "14:10:30"), GraphRecord.Client.PUBLIC);
    expect.nearMiss(
        "graph-call-of-a-partners-app",
        Expectations.DRIFT,
        null,
        24,
        Subject.partner("adatum", "198.19.53.44"),
        "A partner's networks are those seen at our own gateway.");
  }

  private void ordinaryWork() {
    for (int index = 0; index < 2; index++) {
      Account who = cast.user();
      for (int day = CaptureDays.FIRST_DENSE; day <= CaptureDays.LAST; day++) {
        Instant start = dice.withTicks(CaptureDays.at(day, index == 0 ? "08:12:00" : "09:47:00"));
        IssuedToken token = scene.token(who, start);
        scene.add(SignIn.of(who, Site.OFFICE, 180 + index, start).minting(token.id()));
        for (int call = 0; call < 4; call++) {
          scene.graph(
              token,
              Site.OFFICE.address(180 + index),
              start.plus(dice.seconds(20, 3000)),
              GraphRecord.Client.PUBLIC);
        }
        Instant role = start.plus(dice.seconds(60, 900));
        recording.add(
            Hub.AUDIT,
            "AuditLogs",
            role,
            EntraRecords.activation(who, Site.OFFICE.address(180 + index), role, dice));
        Instant secret = role.plus(dice.seconds(60, 900));
        recording.add(
            Hub.KEY_VAULT, "AuditEvent", secret, OtherRecords.keyVault(who, secret, dice));
        if (index == 1) {
          Instant found = start.plus(dice.seconds(150, 400)).truncatedTo(SECONDS);
          recording.add(
              Hub.AUDIT,
              "UserRiskEvents",
              found,
              EntraRecords.riskEvent(who, token.id(), Site.OFFICE.address(181), found, dice));
          recording.add(Hub.AUDIT, "RiskyUsers", found, EntraRecords.riskyUser(who, found, dice));
        }
      }
      for (String rule : new String[] {Expectations.TRAVEL, Expectations.REPLAY}) {
        expect.nearMiss(
            "ordinary-graph-" + (index + 1) + ": " + rule,
            rule,
            null,
            Subject.of(who),
            "Ordinary work.");
      }
    }
  }

  private Call behindDoor(Instant signedInAt) {
    return Call.from(DOOR, signedInAt.plus(CaptureDays.minutes(7))).reference(scene.reference());
  }

  private void access(Call call, String client, String peer) {
    Instant at = call.at.minus(dice.seconds(0, 1));
    recording.add(
        Hub.FRONT_DOOR,
        "FrontDoorAccessLog",
        at,
        EdgeRecord.access(call.reference, client, peer, at, dice));
  }

  private void firewall(Call call, String client, String peer) {
    Instant at = call.at.plus(dice.seconds(30, 60));
    recording.add(
        Hub.FRONT_DOOR,
        "FrontDoorWebApplicationFirewallLog",
        at,
        EdgeRecord.firewall(call.reference, client, peer, at, dice));
  }

  private void fires(String name, int day, IssuedToken token) {
    expect.fires(name, Expectations.REPLAY, "two-networks", "High", 2, day, token.subject());
  }

  private void nearMiss(String name, @Nullable String gate, IssuedToken token, String why) {
    expect.nearMiss(name, Expectations.REPLAY, gate, token.subject(), why);
  }
}
