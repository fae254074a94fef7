package dev.lockstep.detections;

import dev.lockstep.enrichment.KnownNetwork;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.PartnerDay;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.StandingDrift;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The days of one partner, and what they teach about its networks. */
final class PartnerTimeline {
  private final TreeMap<Integer, PartnerDay> days = new TreeMap<>();
  private final Map<Integer, Known> known = new HashMap<>();

  /**
   * A network as a partner is known for it.
   *
   * @param asn autonomous system number, null if unknown
   * @param country ISO 3166 code, null if unknown
   */
  record NetworkKey(@Nullable Long asn, @Nullable String country) {
    static NetworkKey of(Spot spot) {
      return new NetworkKey(spot.getAsn(), spot.getNetworkCountry());
    }

    boolean unknown() {
      return asn == null && country == null;
    }

    String text() {
      return (asn == null ? "AS unknown" : "AS" + asn)
          + "/"
          + (country == null ? "country unknown" : country);
    }
  }

  /**
   * What is known for the events of a day.
   *
   * @param learned whether the learning was done on a closed day
   * @param days closed days with calls until then, or so far
   * @param minutes closed minutes with calls until then, or so far
   * @param completed the day that completed the learning, null before
   * @param networks networks seen that are known, each with the reason
   * @param recent on how many closed days of the window each network was seen
   * @param telling networks that a finding of the window keeps from being learned
   * @param partner the registry's entry, which names more
   */
  record Known(
      boolean learned,
      int days,
      int minutes,
      @Nullable Integer completed,
      Map<NetworkKey, String> networks,
      Map<NetworkKey, Integer> recent,
      Set<NetworkKey> telling,
      Partner partner) {
    @Nullable String why(NetworkKey network) {
      String seen = networks.get(network);
      if (seen != null) {
        return seen;
      }
      for (KnownNetwork named : partner.networks()) {
        if (named.matches(network.asn(), network.country())) {
          return "named in the registry";
        }
      }
      return null;
    }

    boolean countryKnown(String country) {
      return networks.keySet().stream().anyMatch(network -> country.equals(network.country()))
          || partner.networks().stream().anyMatch(named -> country.equals(named.country()));
    }
  }

  @Nullable PartnerDay day(int day) {
    return days.get(day);
  }

  NavigableMap<Integer, PartnerDay> from(int day) {
    return days.tailMap(day, true);
  }

  /** Sets a day; what later days know is worked out anew. */
  void set(int day, PartnerDay page) {
    days.put(day, page);
    known.keySet().removeIf(reader -> reader >= day + Commutes.YOUNGEST);
  }

  /**
   * Forgets the days that teach nothing any more: older than {@code oldest}, after the learning was
   * done, without a call inside a change window. Returns them.
   */
  Set<Integer> forget(int oldest, RuleSettings.Drift settings) {
    Integer completed = completed(Integer.MAX_VALUE, settings);
    Set<Integer> forgotten = new HashSet<>();
    if (completed != null) {
      days.subMap(completed, false, Math.max(completed, oldest), false)
          .forEach(
              (day, page) -> {
                if (page.getUses().stream().noneMatch(PartnerUse::getInChangeWindow)) {
                  forgotten.add(day);
                }
              });
    }
    days.keySet().removeAll(forgotten);
    known.keySet().removeIf(reader -> reader < oldest);
    return forgotten;
  }

  /** Returns what is known for the events of a day: from the days up to D-2 alone. */
  Known known(int day, Partner partner, RuleSettings.Drift settings) {
    Known cached = known.get(day);
    if (cached != null && cached.partner().equals(partner)) {
      return cached;
    }
    Known worked = work(day, partner, settings);
    known.put(day, worked);
    return worked;
  }

  private Known work(int day, Partner partner, RuleSettings.Drift settings) {
    int lastClosed = day - Commutes.YOUNGEST;
    Integer completed = completed(lastClosed, settings);
    Map<NetworkKey, String> networks = new HashMap<>();
    int daysSeen = 0;
    int minutesSeen = 0;
    Map<NetworkKey, Integer> recent = new HashMap<>();
    Set<NetworkKey> telling = new HashSet<>();
    int windowStart = lastClosed - settings.windowDays() + 1;
    for (Map.Entry<Integer, PartnerDay> entry : days.headMap(lastClosed, true).entrySet()) {
      boolean learning = completed == null || entry.getKey() <= completed;
      if (learning && !entry.getValue().getUses().isEmpty()) {
        daysSeen++;
        minutesSeen += minutes(entry.getValue()).cardinality();
      }
      Set<NetworkKey> today = new HashSet<>();
      for (PartnerUse use : entry.getValue().getUses()) {
        NetworkKey network = NetworkKey.of(use.getSpot());
        today.add(network);
        if (completed != null && entry.getKey() <= completed) {
          networks.putIfAbsent(network, "seen while learning");
        }
        if (use.getInChangeWindow()) {
          networks.putIfAbsent(network, "seen inside a change window");
        }
      }
      if (entry.getKey() >= windowStart) {
        if (!entry.getValue().getMoreFindings()) {
          today.forEach(network -> recent.merge(network, 1, Integer::sum));
        }
        for (StandingDrift finding : entry.getValue().getStanding()) {
          if (finding.getTelling()) {
            telling.add(new NetworkKey(finding.getAsn(), finding.getCountry()));
          }
        }
      }
    }
    recent.forEach(
        (network, seen) -> {
          if (seen >= settings.knownDays() && !telling.contains(network)) {
            networks.putIfAbsent(network, "seen on " + seen + " closed days");
          }
        });
    return new Known(
        completed != null, daysSeen, minutesSeen, completed, networks, recent, telling, partner);
  }

  /** Returns the day up to {@code lastClosed} that completed the learning, or null. */
  private @Nullable Integer completed(int lastClosed, RuleSettings.Drift settings) {
    int seen = 0;
    int minutes = 0;
    for (Map.Entry<Integer, PartnerDay> entry : days.headMap(lastClosed, true).entrySet()) {
      if (!entry.getValue().getUses().isEmpty()) {
        seen++;
        minutes += minutes(entry.getValue()).cardinality();
        if (seen >= settings.learningDays() && minutes >= settings.learningMinutes()) {
          return entry.getKey();
        }
      }
    }
    return null;
  }

  private static BitSet minutes(PartnerDay day) {
    BitSet minutes = new BitSet(Days.MINUTES);
    day.getUses().forEach(use -> minutes.or(BitSet.valueOf(use.getMinutes())));
    return minutes;
  }
}
