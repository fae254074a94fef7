package dev.lockstep.detections.travel;

import dev.lockstep.enrichment.geo.Location;
import dev.lockstep.enrichment.geo.Place;
import dev.lockstep.enrichment.network.NetworkClass;
import dev.lockstep.rules.Case;
import dev.lockstep.rules.EventReference;
import dev.lockstep.rules.Fact;
import dev.lockstep.rules.Finding;
import dev.lockstep.rules.Fired;
import dev.lockstep.rules.Phrases;
import dev.lockstep.rules.Words;
import dev.lockstep.schemas.Principal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Title and description of an {@code impossible-travel} finding. */
final class TravelWords {
  private TravelWords() {}

  static Words of(Finding finding) {
    StayPair pair = (StayPair) finding.first().detail();
    Principal principal = named(Objects.requireNonNull(finding.principal()), finding.of());
    boolean coldStart = ImpossibleTravel.daysSeen(finding.of()) == 0;
    String title;
    String description;
    if (finding.collapsed() > 0) {
      Set<PlaceKey> places = new HashSet<>();
      for (Fired fired : finding.fired()) {
        List<String> parts = fired.parts();
        places.add(new PlaceKey(parts.get(0), parts.get(1)));
        places.add(new PlaceKey(parts.get(2), parts.get(3)));
      }
      title =
          "Impossible travel of %s: %d places on one day"
              .formatted(Phrases.name(principal), places.size());
      description =
          "%s was observed at %d places on %s, and %d pairs of them are too far apart for the time between. The fastest: "
                  .formatted(
                      Phrases.name(principal),
                      places.size(),
                      Phrases.day(finding.of().day()),
                      finding.collapsed())
              + description(principal, pair, finding, coldStart);
    } else {
      title =
          "Impossible travel of %s: %s and %s"
              .formatted(Phrases.name(principal), name(pair.earlier()), name(pair.later()));
      description = description(principal, pair, finding, coldStart);
    }
    return Words.of(title, description)
        .at(StayPair.at(pair.later()).address().text())
        .coldStart(coldStart)
        .of(principal);
  }

  private static Principal named(Principal principal, Case day) {
    for (int each = day.day(); each >= day.day() - 1; each--) {
      String smallest = null;
      for (Fact fact : day.on(each)) {
        String name = nameOf(fact, principal);
        if (name != null && (smallest == null || name.compareTo(smallest) < 0)) {
          smallest = name;
        }
      }
      if (smallest != null) {
        return new Principal(principal.getId(), smallest, principal.getType());
      }
    }
    return principal;
  }

  private static @Nullable String nameOf(Fact fact, Principal principal) {
    Principal other = fact.principal();
    return other != null && other.getId().equals(principal.getId()) ? other.getName() : null;
  }

  private static String description(
      Principal principal, StayPair pair, Finding finding, boolean coldStart) {
    Fact earlier = pair.earlier();
    Fact later = pair.later();
    StringBuilder text = new StringBuilder(500);
    text.append(Phrases.name(principal))
        .append(did(earlier))
        .append(pair.isOverlap() ? throughout(earlier) : at(earlier, earlier.last()))
        .append(" and ")
        .append(
            pair.isOverlap()
                ? "meanwhile"
                : pair.gapMillis() == 0
                    ? "in the same moment"
                    : Phrases.length(pair.gapMillis()) + " later")
        .append(did(later))
        .append(pair.isOverlap() ? throughout(later) : at(later, later.first()))
        .append(". The two places are ")
        .append(Phrases.number(pair.distanceKm(), 0))
        .append(" km apart, ")
        .append(Phrases.number(pair.effectiveKm(), 0))
        .append(" km less both accuracy radii. ");
    if (pair.gapMillis() == 0) {
      text.append("Nobody is in both at once.");
    } else {
      text.append("That takes at least ")
          .append(Phrases.number(TravelSpeed.kmh(pair.effectiveKm(), pair.gapMillis()), 0))
          .append(" km/h; the limit is ")
          .append(
              Phrases.number(finding.of().settings().decimal(ImpossibleTravel.MAX_SPEED_KMH), 0))
          .append(" km/h.");
    }
    int pairs = Math.max(finding.count(), finding.counted());
    if (pairs > 1) {
      int most = finding.of().settings().setCap();
      text.append(pairs > most ? " More than " + most : " " + pairs)
          .append(" pairs of addresses were too far apart for the time between them on that day.");
    }
    if (pair.isRaised()) {
      text.append(" One level higher, since ").append(whyRaised(pair)).append('.');
    }
    NetworkClass vague = pair.vague();
    if (vague != null) {
      text.append(" One level lower, since one side is ")
          .append(Phrases.aNetwork(vague))
          .append(", where places are vague.");
    }
    if (pair.isAmongColleagues()) {
      text.append(vague == null ? " One level lower, since both" : " Both")
          .append(" places are usual for others: ")
          .append(colleagues(pair.colleaguesAt(earlier)))
          .append(" regularly ")
          .append(pair.colleaguesAt(earlier) == 1 ? "is" : "are")
          .append(" in ")
          .append(name(earlier))
          .append(", and ")
          .append(pair.colleaguesAt(later))
          .append(" in ")
          .append(name(later))
          .append('.');
    }
    if (coldStart) {
      text.append(
          " This account itself has no successful sign-in and no accepted call with a known place"
              + " from 30 to 2 days before, so its usual places are not known.");
    }
    return text.toString();
  }

  private static String colleagues(int number) {
    return number == 1 ? "1 other user" : number + " other users";
  }

  private static String did(Fact stay) {
    return stay.is(ImpossibleTravel.API_CALL) ? " called an API from " : " signed in from ";
  }

  private static String whyRaised(StayPair pair) {
    if (pair.hasCall()) {
      return "one side is an API call: a token was used, not only issued";
    }
    return (StayPair.isWeak(pair.later()) ? "the later" : "one")
        + " sign-in was interactive, with a single factor, on a device that is neither managed nor"
        + " compliant";
  }

  private static String throughout(Fact stay) {
    return stay.firstAt() == stay.lastAt()
        ? at(stay, stay.last())
        : where(stay)
            + " from "
            + Phrases.time(stay.firstAt())
            + " to "
            + Phrases.time(stay.lastAt());
  }

  private static String at(Fact stay, EventReference event) {
    return where(stay) + " at " + Phrases.time(event.at());
  }

  private static String where(Fact stay) {
    Location at = StayPair.at(stay);
    StringBuilder text = new StringBuilder(80);
    text.append(name(stay)).append(" (").append(at.address().text());
    if (at.network().organisation() != null) {
      text.append(", ").append(at.network().organisation());
    }
    if (at.network().asn() != null) {
      text.append(", AS").append(at.network().asn());
    }
    return text.append(')').toString();
  }

  private static String name(Fact stay) {
    Place place = StayPair.at(stay).place();
    String text = PlaceKey.of(place).text();
    return place.country() == null && place.city() == null ? "coordinates " + text : text;
  }

  static Map<String, String> mattered(Fact stay) {
    Map<String, String> words = new TreeMap<>();
    boolean call = stay.is(ImpossibleTravel.API_CALL);
    words.put(
        "observation",
        call
            ? "accepted API call"
            : stay.is(ImpossibleTravel.INTERACTIVE)
                ? "interactive sign-in"
                : "non-interactive sign-in");
    if (!call) {
      words.put(
          "authentication",
          stay.is(ImpossibleTravel.SINGLE_FACTOR)
              ? "single factor"
              : "more than one factor, or not said");
    }
    String device = stay.text(ImpossibleTravel.DEVICE);
    if (device != null) {
      words.put("device", device);
      words.put(
          "deviceTrust",
          stay.is(ImpossibleTravel.TRUSTED_DEVICE)
              ? "managed or compliant"
              : "neither managed nor compliant");
    }
    return words;
  }
}
