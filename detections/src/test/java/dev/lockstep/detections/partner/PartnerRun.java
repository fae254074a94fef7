package dev.lockstep.detections.partner;

import static dev.lockstep.rules.kit.ActivityBuilder.at;
import static dev.lockstep.rules.kit.ActivityBuilder.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.file.FileProblemException;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.enrichment.network.Networks;
import dev.lockstep.enrichment.partner.Partners;
import dev.lockstep.rules.kit.KitEngine;
import dev.lockstep.rules.kit.RuleCheck;
import dev.lockstep.schemas.Detection;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;

/** Calls of partners by day and minute, in a run of their own. */
final class PartnerRun {
  static final String BERLIN = "10.12.0.1"; // AS64512, DE
  static final String HAMBURG = "10.16.0.1"; // AS64516, DE
  static final String FRANKFURT_HOSTING = "10.14.0.1"; // AS64514, DE
  static final String PARIS = "10.15.0.1"; // AS64512, FR
  static final String CORPORATE = "10.7.0.1";

  static final Enrichment WORLD = world();

  final KitEngine.Run run;

  PartnerRun() {
    this(RuleCheck.of(new PartnerIpDrift()));
  }

  PartnerRun(RuleCheck check) {
    this.run = check.with(WORLD).run();
  }

  /** The networks and partners of the test resources. */
  private static Enrichment world() {
    try {
      return Enrichment.of(
          Networks.read(resource("networks.csv")),
          Partners.read(resource("partners.yaml")),
          GeoDatabases.none());
    } catch (FileProblemException e) {
      throw new AssertionError(e);
    }
  }

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(PartnerRun.class.getResource("/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static long minute(String date, int minuteOfDay) {
    return at(date + "T00:00:00Z") + minuteOfDay * 60_000L;
  }

  static String later(String date, int days) {
    return LocalDate.parse(date).plusDays(days).toString();
  }

  void calls(String subscription, String address, String date, int... minutes) {
    for (int minute : minutes) {
      run.enter(call(minute(date, minute)).subscription(subscription).from(address));
    }
  }

  /** Teaches a partner on the first days of November, in so many minutes a day. */
  void learn(String subscription, String address, int days, int minutesADay) {
    for (int i = 1; i <= days; i++) {
      for (int minute = 0; minute < minutesADay; minute++) {
        calls(subscription, address, "2026-11-%02d".formatted(i), 540 + minute);
      }
    }
    run.restart();
  }

  void learned() {
    learn("fabrikam-prod", BERLIN, 7, 8);
  }

  List<Detection> of(String date) {
    return run.findings().stream()
        .filter(finding -> finding.getStartTime() >= minute(date, 0))
        .filter(finding -> finding.getStartTime() < minute(date, 1440))
        .toList();
  }

  Detection fires(String address, String date) {
    calls("fabrikam-prod", address, date, 1200);
    List<Detection> findings = of(date);
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  Detection only() {
    List<Detection> findings = run.findings();
    assertThat(findings).hasSize(1);
    return findings.get(0);
  }

  boolean hasNoFinding() {
    return run.findings().isEmpty();
  }

  int gate(String name) {
    return run.suppressed().getOrDefault(name, 0);
  }
}
