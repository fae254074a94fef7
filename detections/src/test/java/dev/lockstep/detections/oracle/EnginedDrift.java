package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleSettings;
import dev.lockstep.detections.engine.ActiveRule;
import dev.lockstep.detections.engine.LocalEngine;
import dev.lockstep.detections.engine.MemoryRecords;
import dev.lockstep.detections.partner.PartnerIpDrift;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/** Engine with {@code partner-ip-drift} alone, given events in an order, and its findings. */
final class EnginedDrift {
  private final Enrichment enrichment;
  private final Rule rule;
  private final Settings settings;
  private final LocalEngine engine;
  private final Map<String, Call> calls = new LinkedHashMap<>();
  private final Map<String, List<Activity>> others = new HashMap<>();

  /** Call with all that is known of it, and what of it was entered. */
  private record Call(Activity record, Set<String> entered) {}

  EnginedDrift(Enrichment enrichment, RuleSettings settings) {
    this(enrichment, settings, new PartnerIpDrift());
  }

  EnginedDrift(Enrichment enrichment, RuleSettings settings, Rule rule) {
    this.enrichment = enrichment;
    this.rule = rule;
    this.settings = of(rule, settings);
    this.engine =
        new LocalEngine(
            List.of(new ActiveRule(0, rule, this.settings)), enrichment, new MemoryRecords(), 2);
  }

  private static Settings of(Rule rule, RuleSettings settings) {
    RuleSettings.Drift drift = settings.drift();
    return Settings.of(
        rule.info(),
        true,
        false,
        settings.setCap(),
        Map.of(
            "learningDays",
            (double) drift.learningDays(),
            "learningMinutes",
            (double) drift.learningMinutes(),
            "knownDays",
            (double) drift.knownDays(),
            "windowDays",
            (double) drift.windowDays()));
  }

  /** Enters events in their order; the state goes through its bytes now and then. */
  EnginedDrift enter(List<Activity> events, SplittableRandom random) {
    for (Activity event : events) {
      if (random.nextInt(20) == 0) {
        engine.restart();
      }
      enter(event);
    }
    return this;
  }

  /** Enters an event, and again each call of which more is known by it. */
  private void enter(Activity event) {
    switch (event.getKind()) {
      case API_CALL ->
          enter(calls.computeIfAbsent(id(event), id -> new Call(event, new HashSet<>())));
      case IDENTITY_LINK, EDGE_REQUEST -> {
        others.computeIfAbsent(join(event), id -> new ArrayList<>()).add(event);
        for (Call call : calls.values()) {
          if (joins(call.record()).contains(join(event))) {
            enter(call);
          }
        }
      }
      default -> engine.enter(event);
    }
  }

  private void enter(Call call) {
    List<Activity> known = new ArrayList<>(List.of(call.record()));
    List<Activity> edges = new ArrayList<>(List.of(call.record()));
    for (String join : joins(call.record())) {
      for (Activity other : others.getOrDefault(join, List.of())) {
        known.add(other);
        if (other.getKind() == ActivityKind.EDGE_REQUEST) {
          edges.add(other);
        }
      }
    }
    List<Observation> seen = new ArrayList<>(Observations.of(List.of(call.record()), enrichment));
    seen.addAll(Observations.ofKeys(edges, enrichment));
    seen.addAll(Observations.of(known, enrichment));
    for (Observation each : seen) {
      Activity whole = Copies.of(each.event());
      if (each.from() != null) {
        whole.setAddress(each.from().address().text());
        whole.setSocketAddress(null);
        whole.setForwardedFor(null);
        whole.setLinkSocketAddress(null);
        whole.setLinkForwardedFor(null);
      }
      boolean isFirst = call.entered().isEmpty();
      if (call.entered().add(whole.getToken() + " " + each.from())) {
        engine.enter(
            new Event(
                whole,
                enrichment,
                each.claimed() != null
                    ? Event.Claims.UNVALIDATED
                    : each.token() != null ? Event.Claims.VALIDATED : Event.Claims.PENDING,
                !isFirst,
                false));
      }
    }
  }

  private static String id(Activity event) {
    return event.getCategory() + "/" + event.getEventId();
  }

  private static String join(Activity half) {
    return half.getKind() == ActivityKind.IDENTITY_LINK
        ? "id " + half.getEventId()
        : "reference " + half.getTrackingReference();
  }

  private static List<String> joins(Activity call) {
    String reference = call.getTrackingReference();
    return reference == null
        ? List.of("id " + call.getEventId())
        : List.of("id " + call.getEventId(), "reference " + reference);
  }

  List<Detection> findings() {
    return engine.findings();
  }

  /** Returns the findings in the words of the oracle, in their order. */
  List<Verdict> verdicts() {
    return findings().stream()
        .map(
            each ->
                new Verdict(
                    each.getRule(),
                    Product.drift(each, (int) Math.floorDiv(each.getEndTime(), 86_400_000L)),
                    each.getReason(),
                    each.getSeverity(),
                    each.getCount()))
        .sorted()
        .toList();
  }

  /** Returns the findings that the specification has of events. */
  static Specified specified(List<Activity> events, Enrichment enrichment, RuleSettings settings) {
    List<Observation> observations = new ArrayList<>(Observations.of(events, enrichment));
    observations.addAll(Observations.ofKeys(events, enrichment));
    Specified specified = new Specified();
    for (long unit : List.of(1L, 60_000L)) {
      specified.add(
          new DriftOracle(settings.drift(), enrichment.partners(), unit)
              .findings(observations).stream()
                  .map(Found::verdict)
                  .map(verdict -> verdict.countingTo(settings.setCap()))
                  .toList());
    }
    return specified;
  }

  Map<String, Integer> suppressed() {
    return engine.suppressed();
  }

  @Override
  public String toString() {
    return Objects.toString(rule.info());
  }
}
