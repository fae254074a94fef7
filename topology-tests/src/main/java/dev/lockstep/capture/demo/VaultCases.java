package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Expectations.Subject;
import dev.lockstep.capture.record.Account;
import dev.lockstep.capture.record.Hub;
import dev.lockstep.capture.record.OtherRecords;
import dev.lockstep.capture.record.OtherRecords.VaultCall;
import dev.lockstep.capture.record.Site;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Cases of {@code vault-outside} for the demo: calls of private vaults from public addresses or by
 * new principals, and similar calls without a finding.
 */
final class VaultCases extends SceneCases {
  static final String PAYMENTS = "payments-kv";
  static final String INSIDE = "10.20.8.11";

  private static final String BILLING = "billing-kv";
  private static final String LEDGER = "ledger-kv";
  private static final String OUTSIDE = "198.19.10";
  private static final int SET_CAP = 256;
  private static final int LEARNED_DAYS = 14;

  private final Account usual;

  VaultCases(Scene scene) {
    super(scene, scene.denseSlots());
    this.usual = scene.cast().workload("Northwind payments");
  }

  void play() {
    history();
    addresses();
    principals();
    gates();
    nearMisses();
  }

  private void call(VaultCall call, Instant at) {
    scene.add(Hub.KEY_VAULT, "AuditEvent", at, OtherRecords.keyVault(call, at, scene.dice()));
  }

  private void today(VaultCall call, int day) {
    call(call, slot(day));
  }

  private void history() {
    for (int day = 0; day < LEARNED_DAYS; day++) {
      Instant at = scene.dice().withTicks(CaptureDays.at(day + 4, "03:10:00"));
      call(VaultCall.read(PAYMENTS, INSIDE, usual), at);
      call(VaultCall.read(LEDGER, INSIDE, usual), at.plusSeconds(60));
      if (day > 0) {
        call(VaultCall.read(BILLING, INSIDE, usual), at.plusSeconds(120));
      }
    }
    Instant at = CaptureDays.at(12, "03:30:00");
    for (int caller = 0; caller <= SET_CAP; caller++) {
      Account other = scene.cast().workload("Northwind ledger reader");
      call(VaultCall.read(LEDGER, INSIDE, other), at.plusSeconds(10L * caller));
    }
  }

  private void fires(
      String name, String reason, String severity, int count, int day, Subject subject) {
    scene.fires(name, Expectations.VAULT, reason, severity, count, day, subject);
  }

  private void nearMiss(String name, @Nullable String gate, Subject subject, String why) {
    scene.expect().nearMiss(name, Expectations.VAULT, gate, subject, why);
  }

  private void addresses() {
    String address = OUTSIDE + "5.7";
    Instant start = slot(24);
    call(VaultCall.read(PAYMENTS, address, usual), start);
    call(VaultCall.read(PAYMENTS, address, usual).answered(403), start.plusSeconds(90));
    fires(
        "private-vault-read-from-outside",
        "public-address",
        "High",
        2,
        24,
        Subject.vault(PAYMENTS, address));

    address = OUTSIDE + "6.8";
    today(VaultCall.read(PAYMENTS, address, usual).answered(403), 25);
    fires(
        "private-vault-refuses-from-outside",
        "public-address",
        "Low",
        1,
        25,
        Subject.vault(PAYMENTS, address));

    address = OUTSIDE + "7.9";
    today(VaultCall.read(BILLING, address, usual).answered(404), 24);
    fires(
        "secret-looked-for-from-outside",
        "public-address",
        "High",
        1,
        24,
        Subject.vault(BILLING, address));
  }

  private void principals() {
    Account newcomer = scene.cast().user();
    Instant start = slot(25);
    call(VaultCall.read(PAYMENTS, INSIDE, newcomer), start);
    call(VaultCall.read(PAYMENTS, INSIDE, newcomer), start.plusSeconds(75));
    fires(
        "newcomer-reads-a-private-vault",
        "new-principal",
        "Medium",
        2,
        25,
        Subject.vault(PAYMENTS, newcomer));

    Account workload = scene.cast().workload("Northwind newcomer");
    today(VaultCall.read(PAYMENTS, INSIDE, workload), 24);
    fires(
        "new-workload-reads-a-private-vault",
        "new-principal",
        "Medium",
        1,
        24,
        Subject.vault(PAYMENTS, workload));
  }

  private void gates() {
    String[][] addresses = {
      {"vault-read-from-the-office", "corporate-egress", Site.OFFICE.address(40)},
      {"vault-read-by-a-server", "backend", Site.WEB_APPS.address(40)},
      {"vault-read-by-the-front-door", "trusted-proxy", TokenCases.FRONT_DOOR + 44},
    };
    for (String[] each : addresses) {
      today(VaultCall.read(PAYMENTS, each[2], usual), 25);
      nearMiss(each[0], each[1], Subject.vault(PAYMENTS, each[2]), "The network is one of ours.");
    }
    Account newcomer = scene.cast().user();
    today(VaultCall.read(BILLING, INSIDE, newcomer), 24);
    nearMiss(
        "vault-of-thirteen-days",
        "learning",
        Subject.vault(BILLING, newcomer),
        "Fourteen days with calls are needed.");
    newcomer = scene.cast().user();
    today(VaultCall.read(LEDGER, INSIDE, newcomer), 25);
    nearMiss(
        "vault-of-too-many-callers",
        "overflow",
        Subject.vault(LEDGER, newcomer),
        "One day's lesson holds more than 256 callers.");
  }

  private void nearMisses() {
    String address = OUTSIDE + "8.10";
    today(VaultCall.read(PAYMENTS, address, usual).answered(401), 24);
    nearMiss(
        "handshake-from-outside",
        null,
        Subject.vault(PAYMENTS, address),
        "A 401 is a client that asks where to get a token.");
    address = OUTSIDE + "9.11";
    today(VaultCall.read(PAYMENTS, address, usual).of("VaultGet"), 25);
    nearMiss(
        "vault-looked-at-from-outside",
        null,
        Subject.vault(PAYMENTS, address),
        "An operation of the vault, not of what it holds.");
    address = "198.19.111.12";
    today(VaultCall.read("northwind-kv", address, usual), 24);
    nearMiss(
        "public-vault-from-outside",
        null,
        Subject.vault("northwind-kv", address),
        "The vault is not listed as private.");
    Account refused = scene.cast().user();
    today(VaultCall.read(PAYMENTS, INSIDE, refused).answered(403), 25);
    nearMiss(
        "newcomer-is-refused",
        null,
        Subject.vault(PAYMENTS, refused),
        "Only accepted calls name a newcomer.");
    today(VaultCall.read(PAYMENTS, INSIDE, usual), 24);
    nearMiss(
        "the-usual-caller",
        null,
        Subject.vault(PAYMENTS, usual),
        "The workload was there on the days before.");
    today(VaultCall.read(PAYMENTS, INSIDE, usual).byNobody(), 25);
    scene.expect().atLeast(Expectations.VAULT, "no-principal", 1);
  }
}
