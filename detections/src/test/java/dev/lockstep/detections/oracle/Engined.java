package dev.lockstep.detections.oracle;

import dev.lockstep.detections.RuleSettings;
import dev.lockstep.detections.engine.ActiveRule;
import dev.lockstep.detections.engine.LocalEngine;
import dev.lockstep.detections.engine.MemoryRecords;
import dev.lockstep.detections.token.TokenReplay;
import dev.lockstep.detections.travel.ImpossibleTravel;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Event;
import dev.lockstep.rules.Rule;
import dev.lockstep.rules.Settings;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Principal;
import dev.lockstep.schemas.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Engine with the pair rules, given events in an order, and what stands in the end. */
final class Engined {
  private final Enrichment enrichment;
  private final RuleSettings settings;
  private final List<Rule> rules;
  private final UnaryOperator<Rule> wrapped;

  Engined(Enrichment enrichment, RuleSettings settings) {
    this(enrichment, settings, UnaryOperator.identity());
  }

  /**
   * Creates one.
   *
   * @param wrapped what runs in place of a rule
   */
  Engined(Enrichment enrichment, RuleSettings settings, UnaryOperator<Rule> wrapped) {
    this.enrichment = enrichment;
    this.settings = settings;
    this.rules = List.of(new ImpossibleTravel(), new TokenReplay());
    this.wrapped = wrapped;
  }

  /** Returns the rules that run, with the settings of a history. */
  List<ActiveRule> active() {
    List<ActiveRule> active = new ArrayList<>();
    for (Rule rule : rules) {
      active.add(new ActiveRule(active.size(), wrapped.apply(rule), settings(rule)));
    }
    return active;
  }

  private Settings settings(Rule rule) {
    RuleSettings.Travel travel = settings.travel();
    RuleSettings.Token token = settings.token();
    return rule.info().id().equals("impossible-travel")
        ? Settings.of(
            rule.info(),
            travel.enabled(),
            travel.shadow(),
            settings.setCap(),
            Map.of(
                "minDistanceKm",
                travel.minDistanceKm(),
                "maxSpeedKmh",
                travel.maxSpeedKmh(),
                "maxHours",
                (double) travel.maxHours(),
                "commuteDays",
                (double) travel.commuteDays(),
                "workloads",
                travel.workloads() ? 1.0 : 0.0))
        : Settings.of(
            rule.info(),
            token.enabled(),
            token.shadow(),
            settings.setCap(),
            Map.of(
                "maxHours",
                (double) token.maxHours(),
                "expirySkewMinutes",
                (double) token.expirySkewMinutes()));
  }

  /** Returns the findings that stand when all events are in. */
  List<Detection> findings(List<Activity> entered, SplittableRandom random) {
    LocalEngine engine =
        new LocalEngine(active(), enrichment, new MemoryRecords(), 1 + random.nextInt(4));
    engine.mostVerdicts(List.of(0, 1, 4, 1_000).get(random.nextInt(4)));
    Joins joins = new Joins(enrichment);
    for (Activity event : entered) {
      joins.enter(event, engine);
      if (random.nextInt(4) == 0) {
        engine.write();
      }
    }
    List<Detection> findings = engine.findings();
    engine.write();
    if (!findings.equals(engine.findings())) {
      throw new AssertionError("writing changed " + findings + " to " + engine.findings());
    }
    return findings;
  }

  /** Returns the findings that stand in the words of the oracle, in their order. */
  List<Verdict> verdicts(List<Activity> entered, SplittableRandom random) {
    Map<String, Observation> byEvent = new HashMap<>();
    for (Observation each : Observations.of(entered, enrichment)) {
      byEvent.put(each.event().getCategory() + "/" + each.event().getEventId(), each);
    }
    return findings(entered, random).stream()
        .map(each -> Product.verdict(each, byEvent, Set.of()))
        .sorted()
        .toList();
  }

  /** Returns what the specification says, of these rules by themselves. */
  List<Verdict> specified(List<Activity> events) {
    List<Observation> observations = Observations.of(events, enrichment);
    List<Found> found = new ArrayList<>();
    found.addAll(new TravelOracle(settings.travel(), 8).findings(observations));
    found.addAll(new TokenOracle(settings.token(), false, false).findings(observations));
    return found.stream()
        .map(each -> each.verdict().countingTo(settings.setCap()))
        .sorted()
        .toList();
  }

  /**
   * Joins of calls with their identity links and with Front Door's records: a call is given by
   * itself, and again with whatever is known of it more.
   */
  static final class Joins {
    private final Enrichment enrichment;
    private final Map<String, Activity> calls = new HashMap<>();
    private final Map<String, Activity> links = new HashMap<>();
    private final Map<String, Set<String>> peers = new HashMap<>();
    private final Map<String, Set<String>> callsOf = new HashMap<>();

    Joins(Enrichment enrichment) {
      this.enrichment = enrichment;
    }

    void enter(Activity event, LocalEngine engine) {
      String reference = event.getTrackingReference();
      switch (event.getKind()) {
        case SIGN_IN -> engine.enter(event);
        case API_CALL -> {
          engine.enter(event);
          calls.put(id(event), event);
          if (reference != null) {
            callsOf.computeIfAbsent(reference, any -> new TreeSet<>()).add(id(event));
          }
          revise(id(event), engine);
        }
        case IDENTITY_LINK -> {
          links.put("GatewayLogs/" + event.getEventId(), event);
          revise("GatewayLogs/" + event.getEventId(), engine);
        }
        case EDGE_REQUEST -> {
          if (reference != null) {
            String peer = event.getSocketAddress();
            peers.computeIfAbsent(reference, any -> new TreeSet<>()).add(peer == null ? "" : peer);
            Set.copyOf(callsOf.getOrDefault(reference, Set.of()))
                .forEach(call -> revise(call, engine));
          }
        }
        default -> {}
      }
    }

    private static String id(Activity call) {
      return call.getCategory() + "/" + call.getEventId();
    }

    private void revise(String id, LocalEngine engine) {
      Activity call = calls.get(id);
      if (call == null) {
        return;
      }
      Activity link = links.get(id);
      List<Activity> both = new ArrayList<>(List.of(call));
      if (link != null) {
        both.add(link);
      }
      String reference = call.getTrackingReference();
      if (reference != null) {
        for (String peer : peers.getOrDefault(reference, Set.of())) {
          Activity edge = new Activity();
          edge.setKind(ActivityKind.EDGE_REQUEST);
          edge.setCategory("edge");
          edge.setEventId(peer);
          edge.setTrackingReference(reference);
          edge.setSocketAddress(peer);
          both.add(edge);
        }
      }
      if (both.size() == 1) {
        return;
      }
      for (Observation seen : Observations.of(both, enrichment)) {
        engine.enter(event(seen, call));
      }
    }

    private Event event(Observation seen, Activity call) {
      Activity whole = Copies.of(call);
      Token token = seen.event().getToken();
      whole.setToken(token);
      whole.setPrincipal(principal(token, call));
      if (seen.from() != null) {
        whole.setAddress(seen.from().address().text());
        whole.setSocketAddress(null);
        whole.setForwardedFor(null);
        whole.setLinkSocketAddress(null);
        whole.setLinkForwardedFor(null);
      }
      return new Event(
          whole,
          enrichment,
          token == null
              ? Event.Claims.ABSENT
              : token.getValidated() ? Event.Claims.VALIDATED : Event.Claims.UNVALIDATED,
          true,
          false);
    }

    private static Principal principal(Token token, Activity call) {
      if (token != null && token.getValidated()) {
        String id =
            token.getOid() == null && token.getAppOnly() ? token.getAppId() : token.getOid();
        if (id != null) {
          return new Principal(id, null, token.getAppOnly() ? "workload" : "user");
        }
      }
      return call.getPrincipal();
    }
  }
}
