package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Observed.Seen;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Partner drift, day by day; the registry is that of the bundled capture. */
final class DriftReading {
  private record Network(long asn, String country) {
    static Network of(Observed call) {
      Seen seen = call.where();
      return new Network(seen.asn(), seen.country());
    }
  }

  private static final List<String> RELEASES =
      List.of("2026-11-03", "2026-11-06", "2026-11-09", "2026-11-12", "2026-11-15");

  private static final NetworkReading DECLARED =
      new NetworkReading(List.of("", "198.51.100.0/25,in,,,,,,,", "2001:db8:51::/48,in,,,,,,,"));

  private final Verdicts verdicts = new Verdicts("partner-ip-drift");

  private DriftReading() {}

  static Verdicts of(List<Observed> all) {
    DriftReading reading = new DriftReading();
    all.stream()
        .filter(call -> call.accepted() && !call.partner().isEmpty() && call.seen() != null)
        .filter(call -> !call.where().kind().equals("corporate"))
        .sorted(Comparator.comparing(Observed::at))
        .collect(Collectors.groupingBy(Observed::partner))
        .forEach(reading::partner);
    return reading.verdicts;
  }

  private void partner(String partner, List<Observed> calls) {
    Map<Network, Set<LocalDate>> strange = new HashMap<>();
    for (LocalDate day : new TreeSet<>(calls.stream().map(Observed::day).toList())) {
      List<Observed> today = calls.stream().filter(call -> call.day().equals(day)).toList();
      if (partner.equals("fabrikam")) {
        today.stream()
            .filter(call -> !declared(call))
            .forEach(call -> add(call, call.where().prefix(), 2, 0, "outside-allowlist"));
        continue;
      }
      List<Observed> closed =
          calls.stream().filter(call -> !call.day().isAfter(day.minusDays(2))).toList();
      Set<Network> known = known(partner, day, closed, strange);
      if (known.isEmpty()) {
        continue;
      }
      for (Observed call : today) {
        judge(call, known, calls, strange);
      }
    }
  }

  private void judge(
      Observed call,
      Set<Network> known,
      List<Observed> calls,
      Map<Network, Set<LocalDate>> strange) {
    Network network = Network.of(call);
    if (inWindow(call) || known(network, call.partner(), known)) {
      return;
    }
    boolean newCountry =
        !network.country.isEmpty()
            && known.stream().noneMatch(other -> other.country.equals(network.country));
    if (newCountry || List.of("hosting", "vpn").contains(call.where().kind())) {
      strange.computeIfAbsent(network, any -> new HashSet<>()).add(call.day());
      add(call, network.toString(), 2, newCountry ? 0 : 1, newCountry ? "new-country" : "hosting");
    } else if ((network.asn != 0 || !network.country.isEmpty()) && !afterWindow(call)) {
      boolean shared =
          calls.stream()
              .anyMatch(
                  other ->
                      known(Network.of(other), call.partner(), known)
                          && Duration.between(other.at(), call.at())
                                  .abs()
                                  .compareTo(Duration.ofHours(1))
                              <= 0);
      add(call, network.toString(), shared ? 2 : 1, 2, "new-network");
    }
  }

  /** Returns the networks known on a day; empty while the partner is being learned. */
  private static Set<Network> known(
      String partner, LocalDate day, List<Observed> closed, Map<Network, Set<LocalDate>> strange) {
    Set<LocalDate> days = new HashSet<>();
    Set<Instant> minutes = new HashSet<>();
    LocalDate complete = null;
    for (Observed call : closed) {
      days.add(call.day());
      minutes.add(call.at().truncatedTo(ChronoUnit.MINUTES));
      if (days.size() >= 7 && minutes.size() >= 50) {
        complete = call.day();
        break;
      }
    }
    Set<Network> known = new HashSet<>();
    if (complete == null) {
      return known;
    }
    if (partner.equals("woodgrove")) {
      known.add(new Network(64530, "FI"));
    }
    Map<Network, Set<LocalDate>> seen = new HashMap<>();
    for (Observed call : closed) {
      if (!call.day().isAfter(complete) || inWindow(call)) {
        known.add(Network.of(call));
      }
      if (!call.day().isBefore(day.minusDays(61))) {
        seen.computeIfAbsent(Network.of(call), any -> new HashSet<>()).add(call.day());
      }
    }
    seen.forEach(
        (network, on) -> {
          boolean clean =
              strange.getOrDefault(network, Set.of()).stream()
                  .noneMatch(
                      was -> !was.isBefore(day.minusDays(61)) && !was.isAfter(day.minusDays(2)));
          if (on.size() >= 14 && clean) {
            known.add(network);
          }
        });
    return known;
  }

  private static boolean known(Network network, String partner, Set<Network> known) {
    return known.contains(network) || (partner.equals("woodgrove") && network.asn == 64531);
  }

  private void add(Observed call, String rest, int severity, int rank, String reason) {
    verdicts.add(
        call.day(),
        call.partner(),
        rest,
        severity,
        rank,
        reason,
        List.of(call.at().truncatedTo(ChronoUnit.MINUTES)),
        call);
  }

  private static boolean declared(Observed call) {
    return DECLARED.seen(call.where().text(), 0, null).kind().equals("in");
  }

  private record Window(Instant from, Instant to) {}

  private static List<Window> windows(String partner) {
    List<Window> windows = new ArrayList<>();
    if (partner.equals("adatum")) {
      for (String day : RELEASES) {
        windows.add(
            new Window(Instant.parse(day + "T03:00:00Z"), Instant.parse(day + "T04:00:00Z")));
      }
    } else if (partner.equals("woodgrove")) {
      windows.add(
          new Window(Instant.parse("2026-11-16T06:00:00Z"), Instant.parse("2026-11-16T18:00:00Z")));
    }
    return windows;
  }

  private static boolean inWindow(Observed call) {
    return windows(call.partner()).stream()
        .anyMatch(window -> !call.at().isBefore(window.from) && call.at().isBefore(window.to));
  }

  private static boolean afterWindow(Observed call) {
    return windows(call.partner()).stream()
        .anyMatch(
            window ->
                !call.at().isBefore(window.to)
                    && !call.day()
                        .isAfter(
                            LocalDate.ofInstant(window.to.minusNanos(1), ZoneOffset.UTC)
                                .plusDays(2)));
  }
}
