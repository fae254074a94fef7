package dev.lockstep.detections;

import dev.lockstep.detections.PartnerDrift.Judgement;
import dev.lockstep.detections.PartnerTimeline.Known;
import dev.lockstep.detections.PartnerTimeline.NetworkKey;
import dev.lockstep.enrichment.KnownNetwork;
import dev.lockstep.enrichment.NamedNetwork;
import dev.lockstep.enrichment.Partner;
import dev.lockstep.schemas.Caller;
import dev.lockstep.schemas.Cited;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.PartnerName;
import dev.lockstep.schemas.PartnerUse;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.Spot;
import dev.lockstep.schemas.StandingDrift;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes one finding of the calls that fired for a partner, a network and a day. */
final class PartnerFindings {
  private static final Comparator<Judgement> TELLING =
      Comparator.comparing((Judgement one) -> Objects.requireNonNull(one.severity()))
          .reversed()
          .thenComparing(one -> PartnerDrift.rank(one.reason()))
          .thenComparing(one -> one.use().getFirst().getEventAt())
          .thenComparing(one -> one.use().getSpot().getPrefix());

  /** Whoever called first is the finding's principal; a call's claims go before its key. */
  private static final Comparator<Caller> CALLERS =
      Comparator.comparing((Caller caller) -> caller.getPrincipal() == null)
          .thenComparingInt(Caller::getMinute)
          .thenComparing(PartnerFindings::isSubscription)
          .thenComparing(
              caller -> caller.getPrincipal() == null ? "" : caller.getPrincipal().getId());

  private static final int FEW = 5;

  private final RuleSettings settings;
  private final Expected expected;

  PartnerFindings(RuleSettings settings, Expected expected) {
    this.expected = expected;
    this.settings = settings;
  }

  /** Returns whether calls outweigh what was said of their finding. */
  static boolean raises(Judgement judgement, StandingDrift stood) {
    int higher = Objects.requireNonNull(judgement.severity()).compareTo(stood.getSeverity());
    return higher > 0
        || (higher == 0
            && PartnerDrift.rank(judgement.reason()) < PartnerDrift.rank(stood.getReason()));
  }

  /**
   * Returns the finding of calls that fired.
   *
   * @param before what was said of it, which it does not fall below, as some of its calls may not
   *     be kept any more; null where all are
   */
  Contribution finding(
      Partner partner,
      String id,
      List<Judgement> judgements,
      int day,
      boolean overflow,
      @Nullable StandingDrift before) {
    List<Judgement> fired = judgements.stream().sorted(TELLING).toList();
    Judgement first = fired.get(0);
    Severity severity = Objects.requireNonNull(first.severity());
    String reason = Objects.requireNonNull(first.reason());
    Detection detection = Findings.start(RuleInfo.PARTNER_IP_DRIFT, id, reason, severity);
    if (before != null && !raises(first, before)) {
      detection.setReason(before.getReason());
      detection.setSeverity(before.getSeverity());
    }
    BitSet minutes = new BitSet(Days.MINUTES);
    TreeSet<String> addresses = new TreeSet<>();
    FindingAddresses all = new FindingAddresses(settings.setCap());
    Caller caller = null;
    long start = Long.MAX_VALUE;
    long end = Long.MIN_VALUE;
    for (Judgement one : fired) {
      minutes.or(one.minutes());
      addresses.add(one.use().getSpot().getAddress());
      for (Caller each : one.use().getCallers()) {
        if (one.minutes().get(each.getMinute())) {
          all.add(each.getAddress(), one.use().getSpot().getNetworkClass());
          caller = caller == null || CALLERS.compare(each, caller) < 0 ? each : caller;
        }
      }
      start = Math.min(start, one.use().getFirst().getEventAt());
      end = Math.max(end, last(one, day));
    }
    Principal principal = caller == null ? null : caller.getPrincipal();
    Spot spot = first.use().getSpot();
    boolean full = minutes.cardinality() > settings.setCap();
    detection.setCount(
        Math.max(
            before == null ? 0 : before.getCount(),
            Math.min(settings.setCap(), minutes.cardinality())));
    detection.setOverflow((full || overflow) ? true : null);
    detection.setShadow(settings.drift().shadow() ? true : null);
    detection.setPartner(new PartnerName(partner.id(), partner.name()));
    detection.setPrincipal(principal);
    detection.setIp(spot.getAddress());
    detection.setStartTime(start);
    detection.setEndTime(end);
    detection.setTitle("Partner %s: %s".formatted(partner.name(), titled(reason, spot)));
    detection.setDescription(description(partner, first, minutes.cardinality(), day));
    detection.getEntities().addAll(Findings.accounts(principal));
    addresses.stream().limit(9).forEach(ip -> detection.getEntities().add(Findings.ip(ip)));
    detection.setEvidence(evidence(fired));
    detection.setGates(gates(first));
    return Findings.said(
        detection,
        all.list(),
        expected.covering(
            detection,
            network -> // what fired before and is not kept may have been in another one
            !overflow && before == null && fired.stream().allMatch(one -> in(network, one))));
  }

  private static boolean in(NamedNetwork network, Judgement fired) {
    List<String> callers = new ArrayList<>();
    for (Caller caller : fired.use().getCallers()) {
      if (fired.minutes().get(caller.getMinute())) {
        callers.add(caller.getAddress());
      }
    }
    return Expected.in(network, fired.use().getSpot(), callers);
  }

  private static boolean isSubscription(Caller caller) {
    return caller.getPrincipal() != null && caller.getPrincipal().getType().equals("subscription");
  }

  /** Returns when the last call that fired came; to the minute, where the last of all did not. */
  private static long last(Judgement fired, int day) {
    long last = fired.use().getLast().getEventAt();
    return fired.minutes().get(Days.minuteOfDay(last))
        ? last
        : day * Days.MILLIS + (fired.minutes().length() - 1) * 60_000L;
  }

  private static String titled(String reason, Spot spot) {
    return switch (reason) {
      case PartnerDrift.OUTSIDE_ALLOWLIST -> "calls from outside its declared ranges";
      case PartnerDrift.NEW_COUNTRY -> "calls from a new country, " + spot.getNetworkCountry();
      case PartnerDrift.HOSTING -> "calls from " + Findings.aNetwork(spot.getNetworkClass());
      default -> "calls from a new network";
    };
  }

  private String description(Partner partner, Judgement first, int minutes, int day) {
    Spot spot = first.use().getSpot();
    StringBuilder text = new StringBuilder(400);
    text.append("Partner ")
        .append(partner.name())
        .append("'s key was accepted from ")
        .append(spot.getAddress())
        .append(" (")
        .append(NetworkKey.of(spot).text());
    if (spot.getOrganisation() != null) {
      text.append(", ").append(spot.getOrganisation());
    }
    if (!spot.getNetworkClass().equals("unknown")) {
      text.append(", ").append(spot.getNetworkClass());
    }
    text.append("), in ")
        .append(minutes)
        .append(minutes == 1 ? " minute of " : " different minutes of ")
        .append(Days.text(day))
        .append(", first at ")
        .append(Findings.time(first.use().getFirst().getEventAt()))
        .append(". ");
    switch (Objects.requireNonNull(first.reason())) {
      case PartnerDrift.OUTSIDE_ALLOWLIST ->
          text.append("That is outside all of the ranges that the registry declares: ")
              .append(firstFew(partner.cidrs()))
              .append('.');
      case PartnerDrift.NEW_COUNTRY ->
          text.append("None of the partner's known networks is in ")
              .append(spot.getNetworkCountry())
              .append('.');
      case PartnerDrift.HOSTING ->
          text.append("That is ")
              .append(Findings.aNetwork(spot.getNetworkClass()))
              .append(", and none that the partner is known for: anybody can rent one.");
      default ->
          text.append(
              spot.getNetworkCountry() == null
                  ? "The network is new for the partner; its country is unknown."
                  : "The network is new for the partner; the country is not.");
    }
    if (first.sharedKey()) {
      text.append(
          " One level higher, since a known network called within an hour of it: two parties seem"
              + " to use one key.");
    }
    Known known = first.known();
    if (known != null) {
      List<String> names = new ArrayList<>();
      known.networks().keySet().stream().map(NetworkKey::text).sorted().forEach(names::add);
      partner.networks().stream().map(PartnerFindings::named).forEach(names::add);
      text.append(" Known: ")
          .append(names.isEmpty() ? "none" : firstFew(names))
          .append("; learned from ")
          .append(known.days())
          .append(" days with calls in ")
          .append(known.minutes())
          .append(" minutes.");
    }
    return text.toString();
  }

  private static String named(KnownNetwork network) {
    return "AS"
        + network.asn()
        + (network.country() == null ? "" : "/" + network.country())
        + " (registry)";
  }

  private static String firstFew(List<String> names) {
    if (names.size() <= FEW) {
      return String.join(", ", names);
    }
    return String.join(", ", names.subList(0, FEW)) + " and " + (names.size() - FEW) + " more";
  }

  private static List<Evidence> evidence(List<Judgement> fired) {
    Map<String, Evidence> events = new LinkedHashMap<>();
    for (Judgement one : fired) {
      PartnerUse use = one.use();
      for (Cited cited : List.of(use.getFirst(), use.getLast())) {
        if (!one.minutes().get(Days.minuteOfDay(cited.getEventAt()))) {
          continue; // quiet by a gate
        }
        if (events.size() < Citations.MOST_EVIDENCE) {
          Map<String, String> mattered = new TreeMap<>();
          mattered.put("observation", "accepted call");
          mattered.put("judged", Objects.requireNonNull(one.reason()));
          Citations.show(events, Citations.evidence(cited, use.getSpot(), mattered));
        }
      }
    }
    return new ArrayList<>(events.values());
  }

  private static List<GateChecked> gates(Judgement first) {
    List<GateChecked> gates = new ArrayList<>();
    Spot spot = first.use().getSpot();
    gates.add(Gates.checked("corporate-egress", "passed", "class", spot.getNetworkClass()));
    Known known = first.known();
    if (known == null) {
      gates.add(Gates.checked("declared", "passed", "address", spot.getAddress()));
    } else {
      gates.add(
          Gates.checked(
              "learning",
              "passed",
              "days",
              (double) known.days(),
              "minutes",
              (double) known.minutes()));
      gates.add(
          Gates.checked(
              "known-network",
              "passed",
              "network",
              NetworkKey.of(spot).text(),
              "knownNetworks",
              (double) known.networks().size()));
    }
    gates.add(Gates.checked("change-window", first.gate() == null ? "passed" : "quiet in part"));
    if (PartnerDrift.NEW_NETWORK.equals(first.reason())) {
      gates.add(Gates.checked("shared-key", first.sharedKey() ? "raised" : "passed"));
    }
    return gates;
  }
}
