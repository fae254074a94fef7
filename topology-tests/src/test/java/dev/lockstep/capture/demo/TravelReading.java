package dev.lockstep.capture.demo;

import dev.lockstep.capture.demo.Observed.Spot;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Impossible travel by comparing everything with everything. */
final class TravelReading {
  private final Verdicts verdicts = new Verdicts("impossible-travel");

  private TravelReading() {}

  static Verdicts of(List<Observed> all) {
    TravelReading reading = new TravelReading();
    all.stream()
        .filter(seen -> seen.user() && seen.accepted() && seen.seen() != null && !seen.onBehalf())
        .collect(Collectors.groupingBy(Observed::principal))
        .forEach(reading::principal);
    return reading.verdicts;
  }

  private record Pair(Observed earlier, Observed later) {}

  private void principal(String principal, List<Observed> observed) {
    List<Observed> placed =
        observed.stream()
            .filter(seen -> seen.where().spot() != null)
            .sorted(Comparator.comparing(Observed::at))
            .toList();
    List<Pair> pairs = new ArrayList<>();
    for (int first = 0; first < placed.size(); first++) {
      for (Observed later : placed.subList(first + 1, placed.size())) {
        if (tooFast(placed.get(first), later)) {
          pairs.add(new Pair(placed.get(first), later));
        }
      }
    }
    pairs.sort(Comparator.comparing(pair -> pair.later.at()));
    Map<String, Set<LocalDate>> spoilt = new HashMap<>();
    for (Pair pair : pairs) {
      LocalDate day = pair.later.day();
      Set<String> places = new TreeSet<>(List.of(place(pair.earlier), place(pair.later)));
      boolean commute =
          places.stream().allMatch(place -> days(placed, place, day, spoilt).size() >= 3);
      if (nearMiss(pair.earlier, pair.later) || commute) {
        continue;
      }
      places.forEach(place -> spoilt.computeIfAbsent(place, any -> new HashSet<>()).add(day));
      boolean cold = observed.stream().noneMatch(seen -> closed(seen, day));
      verdicts.add(
          day,
          principal + (cold ? " cold" : ""),
          places.toString(),
          severity(pair.earlier, pair.later),
          0,
          "impossible-travel",
          List.of(Set.of(pair.earlier.where().address(), pair.later.where().address())),
          pair.earlier,
          pair.later);
    }
  }

  private static Set<LocalDate> days(
      List<Observed> placed, String place, LocalDate day, Map<String, Set<LocalDate>> spoilt) {
    return placed.stream()
        .filter(seen -> place(seen).equals(place) && closed(seen, day))
        .map(Observed::day)
        .filter(seen -> !spoilt.getOrDefault(place, Set.of()).contains(seen))
        .collect(Collectors.toSet());
  }

  private static boolean closed(Observed seen, LocalDate day) {
    return !seen.day().isBefore(day.minusDays(30)) && !seen.day().isAfter(day.minusDays(2));
  }

  private static boolean tooFast(Observed earlier, Observed later) {
    Duration between = Duration.between(earlier.at(), later.at());
    if (earlier.where().address().equals(later.where().address())
        || between.compareTo(Duration.ofDays(1)) > 0) {
      return false;
    }
    Spot from = spot(earlier);
    Spot to = spot(later);
    double kilometres = distance(from, to) - from.radius() - to.radius();
    double hours = Math.max(between.toMillis() / 1000.0, 60) / 3600;
    return kilometres >= 500 && kilometres / hours >= 900;
  }

  private static boolean nearMiss(Observed earlier, Observed later) {
    List<String> kinds = List.of(earlier.where().kind(), later.where().kind());
    boolean moving = kinds.contains("mobile") || kinds.contains("satellite");
    return kinds.contains("corporate")
        || kinds.contains("backend")
        || (!earlier.device().isEmpty()
            && earlier.device().equals(later.device())
            && (earlier.trustedDevice() || later.trustedDevice()))
        || earlier.where().prefix().equals(later.where().prefix())
        || (moving && earlier.where().asn() != 0 && earlier.where().asn() == later.where().asn());
  }

  private static int severity(Observed earlier, Observed later) {
    boolean high =
        earlier.call()
            || later.call()
            || later.unclear()
            || (earlier.at().equals(later.at()) && earlier.unclear());
    boolean lowered =
        Stream.of(earlier, later)
            .anyMatch(seen -> List.of("vpn", "satellite", "mobile").contains(seen.where().kind()));
    return (high ? 2 : 1) - (lowered ? 1 : 0);
  }

  private static String place(Observed seen) {
    return spot(seen).name();
  }

  private static Spot spot(Observed seen) {
    Spot spot = seen.where().spot();
    if (spot == null) {
      throw new IllegalStateException("no place");
    }
    return spot;
  }

  private static double distance(Spot from, Spot to) {
    double latitude = Math.sin(Math.toRadians(to.latitude() - from.latitude()) / 2);
    double longitude = Math.sin(Math.toRadians(to.longitude() - from.longitude()) / 2);
    double chord =
        latitude * latitude
            + Math.cos(Math.toRadians(from.latitude()))
                * Math.cos(Math.toRadians(to.latitude()))
                * longitude
                * longitude;
    return 2 * 6371.0088 * Math.asin(Math.sqrt(chord));
  }
}
