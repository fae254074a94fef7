package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.Network;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What impossible-travel says of a set of observations: every pair, compared as it is written.
 *
 * <p>The specification tells places apart by country and city. Where both are unknown, a place
 * stands for itself by its coordinates, to the degree: points far apart are not one place.
 */
final class TravelOracle {
  private static final String RULE = "impossible-travel";
  private static final double EARTH_RADIUS_KM = 6371.0088;

  /** Pairs of places that a day may have, beyond which they are one finding. */
  private static final int MOST_PAIRS = 8;

  private final RuleNumbers.Travel settings;

  TravelOracle(RuleNumbers.Travel settings) {
    this.settings = settings;
  }

  List<Found> findings(List<Observation> observations) {
    Map<String, List<Observation>> byPrincipal = new TreeMap<>();
    for (Observation each : observations) {
      String principal = principal(each);
      if (principal != null
          && (each.isSuccessfulSignIn() || each.isAcceptedCall())
          && !each.isOnBehalf()
          && each.from() != null
          && each.from().place().known()) {
        byPrincipal.computeIfAbsent(principal, key -> new ArrayList<>()).add(each);
      }
    }
    List<Found> found = new ArrayList<>();
    byPrincipal.forEach(
        (principal, seen) -> found.addAll(ofPrincipal(principal, seen, byPrincipal)));
    return found;
  }

  private @Nullable String principal(Observation each) {
    String user = each.user();
    return user == null && settings.workloads() ? each.workload() : user;
  }

  private List<Found> ofPrincipal(
      String principal, List<Observation> seen, Map<String, List<Observation>> byPrincipal) {
    Set<Integer> days = new TreeSet<>();
    seen.forEach(each -> days.add(each.day()));
    Map<Integer, Set<String>> standing = new HashMap<>();
    List<Found> all = new ArrayList<>();
    for (int day : days) {
      Map<String, Strongest> findings = new TreeMap<>();
      Set<String> found = new HashSet<>();
      Strongest many = new Strongest(RULE, manySubject(principal, day), List.of("many-places"));
      for (int i = 0; i < seen.size(); i++) {
        for (int j = i + 1; j < seen.size(); j++) {
          Observation one = seen.get(i);
          Observation two = seen.get(j);
          if (Math.max(one.day(), two.day()) != day
              || !tooFast(one, two)
              || quiet(one, two)
              || (commutes(named(one), day, seen, standing)
                  && commutes(named(two), day, seen, standing))) {
            continue;
          }
          boolean lowered =
              isVague(one, two)
                  || (isRegular(one, day, principal, byPrincipal)
                      && isRegular(two, day, principal, byPrincipal));
          Severity severity = severity(one, two, lowered);
          found.add(named(one));
          found.add(named(two));
          String subject = subject(principal, named(one), named(two), day);
          Strongest finding =
              findings.computeIfAbsent(subject, key -> new Strongest(RULE, subject, List.of(RULE)));
          finding.fires(RULE, severity, one, two);
          finding.counts(unordered(address(one), address(two)));
          many.fires("many-places", severity, one, two);
          many.counts(unordered(address(one), address(two)));
        }
      }
      standing.put(day, found);
      (findings.size() > MOST_PAIRS ? List.of(many) : findings.values())
          .forEach(each -> all.add(each.found(events -> Set.of(principal))));
    }
    return all;
  }

  private boolean tooFast(Observation one, Observation two) {
    long apart = Math.abs(one.at() - two.at());
    if (address(one).equals(address(two)) || apart > settings.maxHours() * 3_600_000L) {
      return false;
    }
    double km = effectiveKm(from(one).place(), from(two).place());
    double hours = Math.max(apart, 60_000L) / 3_600_000.0;
    return km >= settings.minDistanceKm() && km / hours >= settings.maxSpeedKmh();
  }

  private static boolean quiet(Observation one, Observation two) {
    Network here = from(one).network();
    Network there = from(two).network();
    boolean ownServers =
        either(here, there, NetworkClass.CORPORATE) || either(here, there, NetworkClass.BACKEND);
    boolean sameDevice =
        one.sharesDeviceWith(two) && (one.hasTrustedDevice() || two.hasTrustedDevice());
    boolean roams =
        either(here, there, NetworkClass.MOBILE) || either(here, there, NetworkClass.SATELLITE);
    boolean sameNetwork =
        here.prefix().equals(there.prefix())
            || (here.asn() != null && here.asn().equals(there.asn()) && roams);
    return ownServers || sameDevice || sameNetwork;
  }

  private boolean commutes(
      String place, int day, List<Observation> seen, Map<Integer, Set<String>> standing) {
    Set<Integer> days = new HashSet<>();
    for (Observation each : seen) {
      int on = each.day();
      if (on >= day - 30
          && on <= day - 2
          && named(each).equals(place)
          && !standing.getOrDefault(on, Set.of()).contains(place)) {
        days.add(on);
      }
    }
    return days.size() >= settings.commuteDays();
  }

  /** Returns whether enough others were at the place of an observation on enough days before. */
  private boolean isRegular(
      Observation at, int day, String principal, Map<String, List<Observation>> byPrincipal) {
    Place place = from(at).place();
    if (settings.colleagues() == 0 || place.country() == null || place.city() == null) {
      return false;
    }
    int others = 0;
    for (Map.Entry<String, List<Observation>> other : byPrincipal.entrySet()) {
      Set<Integer> days = new HashSet<>();
      for (Observation each : other.getValue()) {
        Place there = from(each).place();
        if (each.user() != null
            && place.country().equals(there.country())
            && place.city().equals(there.city())
            && each.day() >= day - 30
            && each.day() <= day - 2) {
          days.add(each.day());
        }
      }
      if (!other.getKey().equals(principal) && days.size() >= settings.colleagueDays()) {
        others++;
      }
    }
    return others >= settings.colleagues();
  }

  private static boolean isVague(Observation one, Observation two) {
    Network here = from(one).network();
    Network there = from(two).network();
    return either(here, there, NetworkClass.VPN)
        || either(here, there, NetworkClass.SATELLITE)
        || either(here, there, NetworkClass.MOBILE);
  }

  private static Severity severity(Observation one, Observation two, boolean lowered) {
    boolean high =
        one.isCall()
            || two.isCall()
            || (one.at() >= two.at() && barelyProven(one))
            || (two.at() >= one.at() && barelyProven(two));
    return high
        ? (lowered ? Severity.Medium : Severity.High)
        : (lowered ? Severity.Low : Severity.Medium);
  }

  private static boolean barelyProven(Observation later) {
    return later.isInteractive() && later.event().getSingleFactor() && !later.hasTrustedDevice();
  }

  private static boolean either(Network here, Network there, NetworkClass wanted) {
    return here.networkClass() == wanted || there.networkClass() == wanted;
  }

  /** Great-circle distance without both accuracy radii, in km. */
  static double effectiveKm(Place here, Place there) {
    double latitude = Math.toRadians(here.latitude());
    double otherLatitude = Math.toRadians(there.latitude());
    double acrossLatitude = Math.sin((latitude - otherLatitude) / 2);
    double acrossLongitude = Math.sin(Math.toRadians(here.longitude() - there.longitude()) / 2);
    double chord =
        acrossLatitude * acrossLatitude
            + Math.cos(latitude) * Math.cos(otherLatitude) * acrossLongitude * acrossLongitude;
    double km = 2 * EARTH_RADIUS_KM * Math.atan2(Math.sqrt(chord), Math.sqrt(1 - chord));
    return Math.max(0, km - here.accuracyKm() - there.accuracyKm());
  }

  private static String named(Observation each) {
    Place place = from(each).place();
    return name(place.country(), place.city(), place.latitude(), place.longitude());
  }

  /** Returns what tells a place from another: its name, else its coordinates to the degree. */
  static String name(
      @Nullable String country, @Nullable String city, double latitude, double longitude) {
    return country == null && city == null
        ? Math.round(latitude) + "," + Math.round(longitude)
        : country + "/" + city;
  }

  private static Location from(Observation each) {
    return Objects.requireNonNull(each.from());
  }

  private static String address(Observation each) {
    return from(each).address().text();
  }

  private static String unordered(String one, String two) {
    return one.compareTo(two) <= 0 ? one + " ~ " + two : two + " ~ " + one;
  }

  static String manySubject(String principal, int day) {
    return principal + " | many places | " + Observation.dayText(day);
  }

  static String subject(String principal, String onePlace, String otherPlace, int day) {
    return principal + " | " + unordered(onePlace, otherPlace) + " | " + Observation.dayText(day);
  }
}
