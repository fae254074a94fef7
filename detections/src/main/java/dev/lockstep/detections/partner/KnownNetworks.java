package dev.lockstep.detections.partner;

import dev.lockstep.enrichment.network.NamedSystem;
import dev.lockstep.enrichment.partner.Partner;
import dev.lockstep.rules.Day;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Learned;
import dev.lockstep.rules.Lessons;
import dev.lockstep.rules.Settings;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Known networks of a partner on one day, learned from the partner's calls on closed days. A
 * partner with declared ranges has none: {@link PartnerIpDrift} compares its calls with the ranges.
 *
 * @param isLearned if the learning period was completed on a closed day
 * @param days number of closed days with calls in the learning period, up to now if the period is
 *     not over
 * @param minutes number of minutes with calls on these days
 * @param networks known networks that called, each with the reason why it is known
 * @param countries countries of {@code networks}
 * @param recent number of closed days of the window on which each network called; days with more
 *     findings than are kept do not count
 */
record KnownNetworks(
    boolean isLearned,
    int days,
    int minutes,
    Map<PartnerNetwork, String> networks,
    Set<String> countries,
    Map<PartnerNetwork, Integer> recent) {
  /**
   * Name of the trait that tells in how many minutes of a closed day the partner called. Names
   * below that end with a colon are followed by the text of a network.
   */
  private static final String MINUTES = "minutes";

  private static final String CROWDED = "crowded";
  private static final String SEEN = "seen:";
  private static final String IN_WINDOW = "window:";
  private static final String ALARMED = "alarmed:";

  static void learn(Day day, Lessons lessons) {
    BitSet minutes = new BitSet();
    for (Fact calls : day.facts()) {
      String network = PartnerNetwork.of(Objects.requireNonNull(calls.location())).text();
      lessons.teach(SEEN + network);
      if (calls.is(PartnerIpDrift.IN_CHANGE_WINDOW)) {
        lessons.teach(IN_WINDOW + network);
      }
      minutes.or(calls.minutes());
    }
    lessons.teach(MINUTES, minutes.cardinality());
    for (Day.GivenOut finding : day.findings()) {
      String reason = finding.reason();
      if (reason.equals(PartnerIpDrift.NEW_COUNTRY) || reason.equals(PartnerIpDrift.HOSTING)) {
        lessons.teach(ALARMED + finding.parts().get(0));
      }
    }
    if (day.hasMoreFindings()) {
      lessons.teach(CROWDED); // a missing finding may have fired for one of these networks
    }
  }

  static boolean keepsLessons(int day, Learned learned, Settings settings) {
    Integer completed = dayOfCompletion(learned, settings);
    return completed == null
        || day <= completed
        || learned.on(day).keySet().stream().anyMatch(trait -> trait.startsWith(IN_WINDOW));
  }

  static KnownNetworks of(int day, Learned learned, Settings settings) {
    Integer completed = dayOfCompletion(learned, settings);
    int windowStart = day - 1 - settings.integer(PartnerIpDrift.WINDOW_DAYS);
    Map<PartnerNetwork, String> networks = new HashMap<>();
    Map<PartnerNetwork, Integer> recent = new HashMap<>();
    Set<PartnerNetwork> alarmed = new HashSet<>();
    int days = 0;
    int minutes = 0;
    for (int each : learned.days()) {
      Map<String, Integer> traits = learned.on(each);
      if (completed == null || each <= completed) {
        days++;
        minutes += traits.getOrDefault(MINUTES, 0);
      }
      boolean counts = each >= windowStart && !traits.containsKey(CROWDED);
      for (String trait : traits.keySet()) {
        if (trait.startsWith(SEEN)) {
          PartnerNetwork network = PartnerNetwork.parse(trait.substring(SEEN.length()));
          if (completed != null && each <= completed) {
            networks.putIfAbsent(network, "seen while learning");
          } else if (traits.containsKey(IN_WINDOW + network.text())) {
            networks.putIfAbsent(network, "seen inside a change window");
          }
          if (counts) {
            recent.merge(network, 1, Integer::sum);
          }
        } else if (trait.startsWith(ALARMED) && each >= windowStart) {
          alarmed.add(PartnerNetwork.parse(trait.substring(ALARMED.length())));
        }
      }
    }
    int knownDays = settings.integer(PartnerIpDrift.KNOWN_DAYS);
    recent.forEach(
        (network, seen) -> {
          if (seen >= knownDays && !alarmed.contains(network)) {
            networks.putIfAbsent(network, "seen on " + seen + " closed days");
          }
        });
    Set<String> countries = new HashSet<>();
    for (PartnerNetwork network : networks.keySet()) {
      if (network.country() != null) {
        countries.add(network.country());
      }
    }
    return new KnownNetworks(completed != null, days, minutes, networks, countries, recent);
  }

  private static @Nullable Integer dayOfCompletion(Learned learned, Settings settings) {
    int days = 0;
    int minutes = 0;
    for (int day : learned.days()) {
      days++;
      minutes += learned.on(day).getOrDefault(MINUTES, 0);
      if (days >= settings.integer(PartnerIpDrift.LEARNING_DAYS)
          && minutes >= settings.integer(PartnerIpDrift.LEARNING_MINUTES)) {
        return day;
      }
    }
    return null;
  }

  @Nullable String why(PartnerNetwork network, Partner partner) {
    String seen = networks.get(network);
    if (seen != null) {
      return seen;
    }
    return network.isNamedBy(partner) ? "named in the registry" : null;
  }

  boolean isIn(String country, Partner partner) {
    if (countries.contains(country)) {
      return true;
    }
    for (NamedSystem named : partner.networks()) {
      if (country.equals(named.country())) {
        return true;
      }
    }
    return false;
  }
}
