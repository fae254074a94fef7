package dev.lockstep.detections;

import dev.lockstep.detections.ImpossibleTravel.Comparison;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.StandingTravel;
import dev.lockstep.schemas.Stay;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes one finding of the comparisons that fired for a principal, a day and a pair of places. */
final class TravelFindings {
  private static final Comparator<Comparison> TELLING =
      Comparator.comparing(Comparison::severity)
          .thenComparingDouble(Comparison::speedKmh)
          .reversed()
          .thenComparing(c -> c.earlier().getFirst().getEventAt())
          .thenComparing(c -> c.earlier().getSpot().getAddress())
          .thenComparing(c -> c.later().getSpot().getAddress());

  private final RuleSettings.Travel settings;
  private final TravelGates gates;
  private final int setCap;
  private final Expected expected;

  TravelFindings(RuleSettings.Travel settings, int setCap, Expected expected) {
    this.expected = expected;
    this.settings = settings;
    this.gates = new TravelGates(settings);
    this.setCap = setCap;
  }

  static String id(String principal, DayPage.Standing finding) {
    return Findings.id(
        ImpossibleTravel.ID,
        principal,
        finding.one().country(),
        finding.one().city(),
        finding.other().country(),
        finding.other().city(),
        Days.text(finding.day()));
  }

  /** A finding, and what is to be remembered of it. */
  record Said(Contribution contribution, StandingTravel remembered) {}

  /**
   * Returns the finding of comparisons that all fired for the same pair of places and day.
   *
   * @param before what was said of it, which it does not fall below: what fired then may not be
   *     kept any more
   */
  Said finding(
      Principal principal,
      DayPage.Standing finding,
      List<Comparison> fired,
      boolean coldStart,
      boolean overflow,
      @Nullable StandingTravel before) {
    List<Comparison> telling = fired.stream().sorted(TELLING).toList();
    Comparison first = telling.get(0);
    Detection detection =
        Findings.start(
            RuleInfo.IMPOSSIBLE_TRAVEL,
            id(principal.getId(), finding),
            ImpossibleTravel.ID,
            before != null && before.getSeverity().compareTo(first.severity()) > 0
                ? before.getSeverity()
                : first.severity());
    TreeSet<String> addressPairs = new TreeSet<>();
    TreeSet<String> addresses = new TreeSet<>();
    FindingAddresses all = new FindingAddresses(setCap);
    long start = before == null ? Long.MAX_VALUE : before.getStartAt();
    long end = Long.MIN_VALUE;
    for (Comparison comparison : telling) {
      String one = comparison.earlier().getSpot().getAddress();
      String other = comparison.later().getSpot().getAddress();
      addressPairs.add(one.compareTo(other) < 0 ? one + " " + other : other + " " + one);
      addresses.add(one);
      addresses.add(other);
      all.add(comparison.earlier().getSpot());
      all.add(comparison.later().getSpot());
      for (Cited cited : ends(comparison)) {
        start = Math.min(start, cited.getEventAt());
        end = Math.max(end, cited.getEventAt());
      }
    }
    int pairs = Math.max(before == null ? 0 : before.getPairs(), addressPairs.size());
    boolean full = pairs > setCap;
    detection.setCount(Math.min(setCap, pairs));
    detection.setOverflow((full || overflow) ? true : null);
    detection.setPrincipal(principal);
    detection.setIp(first.later().getSpot().getAddress());
    detection.setStartTime(start);
    detection.setEndTime(end);
    detection.setColdStart(coldStart);
    detection.setShadow(settings.shadow() ? true : null);
    detection.setTitle(
        "Impossible travel of %s: %s and %s"
            .formatted(Findings.name(principal), name(first.earlier()), name(first.later())));
    detection.setDescription(description(principal, first, pairs, coldStart));
    detection.getEntities().addAll(Findings.accounts(principal));
    addresses.stream().limit(9).forEach(ip -> detection.getEntities().add(Findings.ip(ip)));
    detection.setEvidence(evidence(telling));
    detection.setGates(gates.of(first));
    // What fired before and is not among these pairs may have been in another network.
    boolean whole = !overflow && pairs == addressPairs.size();
    return new Said(
        Findings.said(
            detection,
            all.list(),
            expected.covering(
                detection,
                network ->
                    whole
                        && fired.stream()
                            .allMatch(
                                pair ->
                                    Expected.in(network, pair.earlier().getSpot())
                                        || Expected.in(network, pair.later().getSpot())))),
        new StandingTravel(
            finding.one().country(),
            finding.one().city(),
            finding.other().country(),
            finding.other().city(),
            detection.getSeverity(),
            Math.min(setCap + 1, pairs),
            start));
  }

  /** Returns whether more pairs fired than are counted: one more only makes it longer. */
  boolean saturated(@Nullable StandingTravel said) {
    return said != null && said.getPairs() > setCap;
  }

  private String description(Principal principal, Comparison pair, int pairs, boolean coldStart) {
    Stay earlier = pair.earlier();
    Stay later = pair.later();
    StringBuilder text = new StringBuilder(500);
    text.append(Findings.name(principal))
        .append(did(earlier))
        .append(pair.overlap() ? throughout(earlier) : at(earlier, earlier.getLast()))
        .append(" and ")
        .append(
            pair.overlap()
                ? "meanwhile"
                : pair.gapMillis() == 0
                    ? "in the same moment"
                    : Findings.length(pair.gapMillis()) + " later")
        .append(did(later))
        .append(pair.overlap() ? throughout(later) : at(later, later.getFirst()))
        .append(". The two places are ")
        .append(Findings.number(pair.distanceKm(), 0))
        .append(" km apart, ")
        .append(Findings.number(pair.effectiveKm(), 0))
        .append(" km less both accuracy radii. ");
    if (pair.overlap() || pair.gapMillis() == 0) {
      text.append("Nobody is in both at once.");
    } else {
      text.append("That takes at least ")
          .append(Findings.number(pair.speedKmh(), 0))
          .append(" km/h; the limit is ")
          .append(Findings.number(settings.maxSpeedKmh(), 0))
          .append(" km/h.");
    }
    if (pairs > 1) {
      text.append(' ').append(pairs).append(" pairs of addresses did so on that day.");
    }
    if (pair.raised()) {
      text.append(" One level higher, since ").append(whyRaised(pair)).append('.');
    }
    if (pair.lowered()) {
      text.append(" One level lower, since one side is ")
          .append(Findings.aNetwork(pair.adjustment()))
          .append(", where places are vague.");
    }
    if (coldStart) {
      text.append(
          " Nothing was seen of this account from 30 to 2 days before: where it usually is, is not"
              + " known.");
    }
    return text.toString();
  }

  private static String did(Stay stay) {
    return stay.getApiCall() ? " called an API from " : " signed in from ";
  }

  private static String whyRaised(Comparison pair) {
    if (pair.earlier().getApiCall() || pair.later().getApiCall()) {
      return "one side is an API call: a token was used, not only issued";
    }
    return "the later sign-in was interactive, with a single factor, on a device that is neither"
        + " managed nor compliant";
  }

  private static String throughout(Stay stay) {
    long first = stay.getFirst().getEventAt();
    long last = stay.getLast().getEventAt();
    return first == last
        ? at(stay, stay.getLast())
        : where(stay) + " from " + Findings.time(first) + " to " + Findings.time(last);
  }

  private static String at(Stay stay, Cited cited) {
    return where(stay) + " at " + Findings.time(cited.getEventAt());
  }

  private static String where(Stay stay) {
    Spot spot = stay.getSpot();
    StringBuilder text = new StringBuilder(80);
    text.append(name(stay)).append(" (").append(spot.getAddress());
    if (spot.getOrganisation() != null) {
      text.append(", ").append(spot.getOrganisation());
    }
    if (spot.getAsn() != null) {
      text.append(", AS").append(spot.getAsn());
    }
    return text.append(')').toString();
  }

  private static String name(Stay stay) {
    PlaceSeen place = place(stay);
    String text = PlaceKey.of(place).text();
    return place.getCountry() == null && place.getCity() == null ? "coordinates " + text : text;
  }

  private static List<Evidence> evidence(List<Comparison> telling) {
    Map<String, Evidence> events = new LinkedHashMap<>();
    for (Comparison comparison : telling) {
      for (Stay stay : List.of(comparison.earlier(), comparison.later())) {
        for (Cited cited : List.of(stay.getFirst(), stay.getLast())) {
          if (events.size() < Citations.MOST_EVIDENCE) {
            Citations.show(events, Citations.evidence(cited, stay.getSpot(), mattered(stay)));
          }
        }
      }
    }
    return new ArrayList<>(events.values());
  }

  private static Map<String, String> mattered(Stay stay) {
    Map<String, String> words = new TreeMap<>();
    words.put(
        "observation",
        stay.getApiCall()
            ? "accepted API call"
            : stay.getInteractive() ? "interactive sign-in" : "non-interactive sign-in");
    if (!stay.getApiCall()) {
      words.put(
          "authentication",
          stay.getSingleFactor() ? "single factor" : "more than one factor, or not said");
    }
    if (stay.getDeviceId() != null) {
      words.put("device", stay.getDeviceId());
      words.put(
          "deviceTrust",
          stay.getTrustedDevice() ? "managed or compliant" : "neither managed nor compliant");
    }
    return words;
  }

  /** Returns the events of a pair that fire: the nearest two, and whatever else does. */
  private List<Cited> ends(Comparison pair) {
    List<Cited> events = new ArrayList<>(4);
    Stay earlier = pair.earlier();
    Stay later = pair.later();
    if (pair.overlap()) {
      return List.of(earlier.getFirst(), earlier.getLast(), later.getFirst(), later.getLast());
    }
    events.add(earlier.getLast());
    events.add(later.getFirst());
    if (fast(pair, later.getFirst().getEventAt() - earlier.getFirst().getEventAt())) {
      events.add(earlier.getFirst());
    }
    if (fast(pair, later.getLast().getEventAt() - earlier.getLast().getEventAt())) {
      events.add(later.getLast());
    }
    return events;
  }

  private boolean fast(Comparison pair, long gapMillis) {
    return gapMillis <= settings.maxHours() * 3_600_000L
        && pair.effectiveKm() / (Math.max(gapMillis, 60_000) / 3_600_000.0)
            >= settings.maxSpeedKmh();
  }

  private static PlaceSeen place(Stay stay) {
    return Objects.requireNonNull(stay.getSpot().getPlace());
  }
}
