package dev.lockstep.detections;

import dev.lockstep.detections.ImpossibleTravel.Comparison;
import dev.lockstep.schemas.GateChecked;
import dev.lockstep.schemas.Spot;
import java.util.List;
import java.util.Objects;

/** The gates of a comparison, each with its verdict and its numbers. */
final class TravelGates {
  static final String DISTANCE = "distance";
  static final String TIME = "time";
  static final String SPEED = "speed";

  private final RuleSettings.Travel settings;

  TravelGates(RuleSettings.Travel settings) {
    this.settings = settings;
  }

  /** Returns why a pair that is not fast is none: the first of its numbers that is too small. */
  String slowBy(Comparison pair) {
    if (pair.effectiveKm() < settings.minDistanceKm()) {
      return DISTANCE;
    }
    return pair.gapMillis() > settings.maxHours() * 3_600_000L ? TIME : SPEED;
  }

  List<GateChecked> of(Comparison pair) {
    Spot earlier = pair.earlier().getSpot();
    Spot later = pair.later().getSpot();
    String slowBy = pair.fast() ? "" : slowBy(pair);
    Gates gates = new Gates();
    gates.decides(
        DISTANCE,
        slowBy.equals(DISTANCE),
        Gates.QUIET,
        "distanceKm",
        Findings.rounded(pair.distanceKm(), 1),
        "effectiveKm",
        Findings.rounded(pair.effectiveKm(), 1),
        "limitKm",
        settings.minDistanceKm());
    if (slowBy.equals(TIME)) {
      gates.decides(
          TIME,
          true,
          Gates.QUIET,
          "hoursBetween",
          Findings.rounded(pair.gapMillis() / 3_600_000.0, 2),
          "limitHours",
          (double) settings.maxHours());
    }
    gates.decides(
        SPEED,
        slowBy.equals(SPEED),
        Gates.QUIET,
        "speedKmh",
        Findings.rounded(pair.speedKmh(), 0),
        "limitKmh",
        settings.maxSpeedKmh(),
        "secondsBetween",
        pair.gapMillis() / 1000.0);
    for (String networkClass : List.of("corporate-egress", "backend")) {
      add(
          gates,
          pair,
          networkClass,
          "earlierClass",
          earlier.getNetworkClass(),
          "laterClass",
          later.getNetworkClass());
    }
    add(
        gates,
        pair,
        "same-device",
        "earlierDevice",
        Objects.requireNonNullElse(pair.earlier().getDeviceId(), "none"),
        "laterDevice",
        Objects.requireNonNullElse(pair.later().getDeviceId(), "none"));
    add(
        gates,
        pair,
        "same-network",
        "earlierNetwork",
        network(earlier),
        "laterNetwork",
        network(later));
    if (pair.fast()) {
      add(
          gates,
          pair,
          "known-commute",
          "earlierDays",
          (double) pair.earlierDays(),
          "laterDays",
          (double) pair.laterDays(),
          "limitDays",
          (double) settings.commuteDays());
    } else {
      add(gates, pair, "known-commute");
    }
    if (pair.fires()) {
      adjustments(gates, pair);
    }
    return gates.list();
  }

  private static void adjustments(Gates gates, Comparison pair) {
    if (pair.raised()) {
      gates.adjusts(
          pair.earlier().getApiCall() || pair.later().getApiCall()
              ? "api-call"
              : "single-factor-unmanaged",
          Gates.RAISED);
    }
    if (pair.lowered()) {
      gates.adjusts("vague-network", Gates.LOWERED, "class", pair.adjustment());
    }
  }

  /** Every gate of a fast pair is asked: more than one may keep it quiet. */
  private static void add(Gates gates, Comparison pair, String name, Object... numbers) {
    if (pair.quietBy().contains(name)) {
      gates.adjusts(name, Gates.QUIET, numbers);
    } else {
      gates.passes(name, numbers);
    }
  }

  private static String network(Spot spot) {
    return spot.getPrefix() + (spot.getAsn() == null ? "" : " AS" + spot.getAsn());
  }
}
