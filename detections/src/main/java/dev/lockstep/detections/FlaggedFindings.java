package dev.lockstep.detections;

import dev.lockstep.detections.FlaggedAddress.Hit;
import dev.lockstep.detections.FlaggedAddress.Verdict;
import dev.lockstep.schemas.Alert;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PresenceHour;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes the finding of a principal that was at an address of an alert. */
final class FlaggedFindings {
  private static final int MINUTES_PER_HOUR = 60;

  private final RuleSettings.Defender settings;
  private final int setCap;
  private final Expected expected;
  private final PresenceBook book;

  FlaggedFindings(RuleSettings settings, Expected expected, PresenceBook book) {
    this.settings = settings.defender();
    this.setCap = settings.setCap();
    this.expected = expected;
    this.book = book;
  }

  static String id(String principal, String address, String alert) {
    return Findings.id(DefenderCorroboration.ID, principal, address, alert);
  }

  static Contribution withdrawal(String principal, String address, String alert) {
    return Findings.withdrawal(RuleInfo.DEFENDER_CORROBORATION, id(principal, address, alert));
  }

  /** Returns how severe hits are that fire: as much as the one that is most. */
  static Severity severity(Alert alert, List<Hit> hits) {
    Severity severity = alert.getSeverity() == Severity.High ? Severity.High : Severity.Medium;
    return areShared(hits) ? Findings.down(severity) : severity;
  }

  /** Returns whether many people share the address in every network that it was seen in. */
  private static boolean areShared(List<Hit> hits) {
    return hits.stream().allMatch(hit -> hit.entry().getNetworkClass().equals("mobile"));
  }

  /**
   * Returns the finding of hits that fire.
   *
   * @param principal as the pages of these days know it
   */
  Contribution finding(
      Principal principal, String address, CollectedAlert collected, Verdict verdict) {
    Alert alert = collected.getAlert();
    TreeSet<Long> minutes = new TreeSet<>();
    TreeSet<String> classes = new TreeSet<>();
    for (Hit hit : verdict.hits()) {
      classes.add(hit.entry().getNetworkClass());
      hit.minutes().stream().forEach(minute -> minutes.add(absolute(hit, minute)));
    }
    boolean lowered = areShared(verdict.hits());
    Detection detection =
        Findings.start(
            RuleInfo.DEFENDER_CORROBORATION,
            id(principal.getId(), address, alert.getId()),
            DefenderCorroboration.FLAGGED_ADDRESS,
            severity(alert, verdict.hits()));
    List<Seen> seen = seen(verdict.hits());
    boolean full = minutes.size() > setCap;
    detection.setCount(Math.min(setCap, minutes.size()));
    detection.setOverflow((full || verdict.overflow()) ? true : null);
    detection.setShadow(settings.shadow() ? true : null);
    detection.setPrincipal(principal);
    detection.setIp(address);
    detection.setStartTime(exactly(minutes.first(), seen));
    detection.setEndTime(exactly(minutes.last(), seen));
    detection.setTitle(
        "%s at %s, an address that Microsoft Defender alerts on"
            .formatted(Findings.name(principal), address));
    detection.setDescription(description(principal, address, collected, minutes, classes, lowered));
    detection.getEntities().addAll(Findings.accounts(principal));
    detection.getEntities().add(Findings.ip(address));
    detection.setEvidence(evidence(address, collected, seen));
    detection.setGates(gates(principal, collected, minutes, classes, lowered));
    detection.setDefenderAlerts(List.of(Escalation.shown(alert)));
    return Findings.said(
        detection,
        List.of(),
        expected.covering(detection, network -> expected.at(network, address)));
  }

  /** An event that shows a hit. */
  private record Seen(Cited cited, String networkClass, boolean inWindow) {}

  private List<Seen> seen(List<Hit> hits) {
    List<Seen> seen = new ArrayList<>();
    for (Hit hit : hits) {
      BitSet minutes = hit.minutes();
      for (PresenceHour hour : hit.entry().getHours()) {
        int from = hour.getHour() * MINUTES_PER_HOUR;
        int next = minutes.nextSetBit(from);
        if (next >= 0 && next < from + MINUTES_PER_HOUR) {
          boolean inWindow = minutes.get(Days.minuteOfDay(hour.getEventAt()));
          seen.add(new Seen(book.cited(hour), hit.entry().getNetworkClass(), inWindow));
        }
      }
    }
    seen.sort(
        Comparator.comparing((Seen one) -> !one.inWindow())
            .thenComparing(one -> one.cited().getEventAt())
            .thenComparing(one -> one.cited().getEventId()));
    return seen;
  }

  private static long absolute(Hit hit, int minute) {
    return (long) hit.day() * Days.MINUTES + minute;
  }

  /** Returns the moment of an event in a minute, if one is cited; else the minute's start. */
  private static long exactly(long minute, List<Seen> seen) {
    for (Seen one : seen) {
      if (Days.minute(one.cited().getEventAt()) == minute) {
        return one.cited().getEventAt();
      }
    }
    return minute * 60_000L;
  }

  private String description(
      Principal principal,
      String address,
      CollectedAlert collected,
      NavigableSet<Long> minutes,
      NavigableSet<String> classes,
      boolean lowered) {
    Alert alert = collected.getAlert();
    StringBuilder text = new StringBuilder(500);
    text.append(Findings.name(principal))
        .append(
            principal.getType().equals("subscription")
                ? " called an API"
                : " signed in or called an API")
        .append(" from ")
        .append(address);
    List<String> known = classes.stream().filter(one -> !one.equals("unknown")).toList();
    if (!known.isEmpty()) {
      text.append(" (").append(String.join(", ", known)).append(')');
    }
    text.append(", and was let in, in ")
        .append(minutes.size())
        .append(minutes.size() == 1 ? " minute" : " different minutes")
        .append(", first at ")
        .append(Findings.time(minutes.first() * 60_000L))
        .append(". Microsoft Defender names that address in the ")
        .append(alert.getSeverity())
        .append(" alert ")
        .append(Escalation.quoted(alert))
        .append(" at ")
        .append(Findings.time(collected.getTimes().get(0)))
        .append(", within ")
        .append(Findings.length(settings.flagMinutes() * 60_000L))
        .append(" of it, and does not name this ")
        .append(
            switch (principal.getType()) {
              case "subscription" -> "subscription of API Management";
              case "workload" -> "workload";
              default -> "user";
            })
        .append(
            ": it may be another of the attacker's accounts, or somebody who shares the address.");
    if (lowered) {
      text.append(
          " One level lower, since the address belongs to a mobile network, which many share.");
    }
    return text.toString();
  }

  private static List<Evidence> evidence(
      String address, CollectedAlert collected, List<Seen> seen) {
    List<Evidence> evidence = new ArrayList<>();
    for (Seen one : seen) {
      if (evidence.size() == Citations.MOST_EVIDENCE - collected.getCited().size()) {
        break;
      }
      boolean signIn = one.cited().getCategory().endsWith("SignInLogs");
      Map<String, String> mattered = new TreeMap<>();
      mattered.put("observation", signIn ? "successful sign-in" : "accepted call");
      mattered.put(
          "time", one.inWindow() ? "close to the alert" : "the first of an hour that has some");
      Evidence event = Citations.evidence(one.cited(), null, mattered);
      event.setIp(address);
      if (!one.networkClass().equals("unknown")) {
        event.setNetwork(new NetworkSeen(null, null, null, null, one.networkClass()));
      }
      evidence.add(event);
    }
    for (Cited record : collected.getCited()) {
      evidence.add(
          Citations.evidence(
              record, null, new TreeMap<>(Map.of("observation", "record of the Defender alert"))));
    }
    return evidence;
  }

  private List<GateChecked> gates(
      Principal principal,
      CollectedAlert collected,
      NavigableSet<Long> minutes,
      NavigableSet<String> classes,
      boolean lowered) {
    List<GateChecked> gates = new ArrayList<>();
    String seenAs = String.join(", ", classes);
    gates.add(
        Gates.checked(
            "close-to-alert",
            "passed",
            "nearestMinutes",
            (double) nearest(collected, minutes),
            "limitMinutes",
            (double) settings.flagMinutes()));
    for (String gate : List.of("corporate-egress", "backend", "trusted-proxy")) {
      gates.add(Gates.checked(gate, "passed", "class", seenAs));
    }
    gates.add(
        Gates.checked(
            DefenderCorroboration.ALREADY_NAMED,
            "passed",
            "principal",
            principal.getId(),
            "accounts",
            (double) collected.getAlert().getAccounts().size(),
            "names",
            (double) collected.getAlert().getNames().size()));
    if (lowered) {
      gates.add(Gates.checked("shared-network", "lowered", "class", "mobile"));
    }
    return gates;
  }

  private static long nearest(CollectedAlert alert, NavigableSet<Long> minutes) {
    long nearest = Long.MAX_VALUE;
    for (long time : alert.getTimes()) {
      long at = Days.minute(time);
      nearest = Math.min(nearest, apart(at, minutes.floor(at)));
      nearest = Math.min(nearest, apart(at, minutes.ceiling(at)));
    }
    return nearest;
  }

  private static long apart(long at, @Nullable Long minute) {
    return minute == null ? Long.MAX_VALUE : Math.abs(at - minute);
  }
}
