package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Observed.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Token replay by comparing everything with everything. */
final class TokenReading {
  private static final int QUIET = -1;
  private static final List<String> REASONS =
      List.of("wrong-principal", "two-networks", "after-expiry", "attempt");

  private final Verdicts verdicts = new Verdicts("token-replay");

  private TokenReading() {}

  static Verdicts of(List<Observed> all) {
    TokenReading reading = new TokenReading();
    all.stream()
        .filter(seen -> !seen.token().isEmpty() && (seen.validated() || !seen.accepted()))
        .collect(Collectors.groupingBy(Observed::token))
        .values()
        .forEach(reading::token);
    return reading.verdicts;
  }

  private void token(List<Observed> unordered) {
    List<Observed> uses = unordered.stream().sorted(Comparator.comparing(Observed::at)).toList();
    String principal =
        uses.stream().filter(Observed::validated).map(Observed::principal).findFirst().orElse("");
    for (int first = 0; first < uses.size(); first++) {
      Observed use = uses.get(first);
      if (use.call()
          && use.accepted()
          && use.expiresAt() != 0
          && use.at().isAfter(Instant.ofEpochSecond(use.expiresAt() + 300))) {
        add(principal, 2, use, use);
      }
      for (Observed later : uses.subList(first + 1, uses.size())) {
        if (Duration.between(use.at(), later.at()).compareTo(Duration.ofDays(2)) <= 0) {
          pair(principal, use, later);
        }
      }
    }
  }

  private void pair(String principal, Observed use, Observed later) {
    if (use.validated() && later.validated() && !use.principal().equals(later.principal())) {
      add(principal, 0, use, later);
    }
    if (use.seen() == null || later.seen() == null) {
      return;
    }
    if ((use.onBehalf() || later.onBehalf()) && use.call() != later.call()) {
      return;
    }
    int severity = compare(use.where(), later.where());
    if (severity == QUIET) {
      return;
    }
    if (use.accepted() && later.accepted()) {
      add(principal, 1, severity, use, later);
    } else if ((use.accepted() && turnedAway(later)) || (later.accepted() && turnedAway(use))) {
      add(principal, 3, 0, use, later);
    }
  }

  private static boolean turnedAway(Observed use) {
    return use.status() == 401 || use.status() == 403;
  }

  private void add(String principal, int reason, Observed use, Observed later) {
    add(principal, reason, 2, use, later);
  }

  private void add(String principal, int reason, int severity, Observed use, Observed later) {
    List<String> prefixes =
        Stream.of(use.seen(), later.seen()).filter(Objects::nonNull).map(Seen::prefix).toList();
    verdicts.add(
        later.day(),
        principal,
        use.token(),
        severity,
        reason,
        REASONS.get(reason),
        prefixes,
        use,
        later);
  }

  /** Goes down the table; the first line that applies decides. */
  private static int compare(Seen one, Seen other) {
    List<String> kinds = List.of(one.kind(), other.kind());
    boolean known = one.asn() != 0 && other.asn() != 0;
    boolean countries = !one.country().isEmpty() && !other.country().isEmpty();
    boolean abroad = countries && !one.country().equals(other.country());
    if (one.prefix().equals(other.prefix()) || kinds.contains("backend")) {
      return QUIET;
    }
    if (kinds.contains("corporate") && !kinds.contains("hosting") && !kinds.contains("vpn")) {
      return QUIET;
    }
    if (known && one.asn() == other.asn()) {
      return abroad ? 1 : QUIET;
    }
    if (known && (kinds.contains("hosting") || abroad)) {
      return 2;
    }
    if (known ? kinds.contains("vpn") : abroad) {
      return 1;
    }
    return QUIET;
  }
}
