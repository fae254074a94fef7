package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.AlertReading.Told;
import dev.lockstep.capture.demo.Verdicts.Finding;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Corroboration by comparing every alert with everything. */
final class DefenderReading {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final List<String> NOBODYS = List.of("corporate", "backend", "trusted-proxy");

  private final List<Observed> present;
  private final Verdicts verdicts = new Verdicts("defender-corroboration");

  private DefenderReading(List<Observed> all) {
    this.present =
        all.stream()
            .filter(seen -> seen.accepted() && seen.seen() != null && !seen.subject().isEmpty())
            .toList();
  }

  /** Raises what other rules found, and returns what the alerts alone give. */
  static Verdicts of(Collection<Told> alerts, List<Observed> all, List<Verdicts> others) {
    DefenderReading reading = new DefenderReading(all);
    for (Told alert : alerts) {
      if (alert.counts()) {
        Set<String> accounts = reading.accounts(alert);
        for (Verdicts rule : others) {
          rule.findings().stream()
              .filter(finding -> names(alert, accounts, finding))
              .forEach(finding -> finding.carry(alert.id));
        }
        reading.flag(alert, accounts);
      }
    }
    return reading.verdicts;
  }

  /** Returns whom an alert names, by id or as who signed in under a name within a day of it. */
  private Set<String> accounts(Told alert) {
    Set<String> accounts = new HashSet<>(alert.accounts);
    present.stream()
        .filter(seen -> !seen.call() && alert.names.contains(seen.upn()))
        .filter(seen -> alert.within(DAY, seen.at(), seen.at()))
        .forEach(seen -> accounts.add(seen.principal()));
    return accounts;
  }

  private static boolean names(Told alert, Set<String> accounts, Finding finding) {
    Instant start = finding.events.stream().map(Observed::at).min(Comparator.naturalOrder()).get();
    Instant end = finding.events.stream().map(Observed::at).max(Comparator.naturalOrder()).get();
    return alert.within(DAY, start, end)
        && (accounts.stream().anyMatch(finding::isAbout)
            || finding.events.stream().anyMatch(event -> at(alert, event)));
  }

  private static boolean at(Told alert, Observed seen) {
    return seen.seen() != null
        && alert.addresses.contains(seen.where().address())
        && !NOBODYS.contains(seen.where().kind());
  }

  private void flag(Told alert, Set<String> accounts) {
    for (String subject : new HashSet<>(present.stream().map(Observed::subject).toList())) {
      List<Observed> there =
          present.stream()
              .filter(seen -> seen.subject().equals(subject) && at(alert, seen))
              .filter(seen -> alert.within(HOUR, seen.at(), seen.at()))
              .sorted(Comparator.comparing(Observed::at))
              .toList();
      if (there.isEmpty() || accounts.stream().anyMatch(subject::startsWith)) {
        continue;
      }
      for (Observed seen : there) {
        int severity = (alert.high() ? 2 : 1) - (seen.where().kind().equals("mobile") ? 1 : 0);
        verdicts
            .add(
                seen.day(),
                subject,
                seen.where().address(),
                severity,
                0,
                "flagged-address",
                List.of(seen.at().truncatedTo(ChronoUnit.MINUTES)),
                seen)
            .cite(alert.id);
      }
    }
  }
}
