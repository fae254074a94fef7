package dev.lockstep.detections.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.local.Reopening;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.address.Address;
import dev.lockstep.rules.Rule;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.SingleObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The product in one process, given events in an order, and what it finds in the end. Now and then
 * its state goes through its bytes, as after a restart.
 */
final class Product {
  /** The id of each subject, whatever the history and the order: no other may come. */
  private static final Map<String, String> IDS = new ConcurrentHashMap<>();

  private static final long SECOND = 1_000L;

  private final Enrichment enrichment;
  private final RuleSet rules;
  private final DetectionCounters counters = new DetectionCounters();

  Product(Enrichment enrichment, RuleNumbers numbers) {
    this(enrichment, numbers, UnaryOperator.identity());
  }

  /**
   * Creates one.
   *
   * @param wrapped what runs in place of a rule
   */
  Product(Enrichment enrichment, RuleNumbers numbers, UnaryOperator<Rule> wrapped) {
    this.enrichment = enrichment;
    this.rules = numbers.ruleSet(wrapped);
  }

  /** Returns what was counted in all that it was given. */
  DetectionCounters counters() {
    return counters;
  }

  /** Revisions as they come: each is one more than the last. */
  private static final class Revisions implements LocalDriver.Revisions {
    private final Map<String, Detection> last = new TreeMap<>();

    @Override
    public void take(Detection revision, long at) {
      Detection taken = Detection.newBuilder(revision).build();
      Detection before = last.put(taken.getId(), taken);
      int number = before == null ? 0 : before.getRevision();
      if (taken.getRevision() != number + 1) {
        throw new AssertionError(
            "revision %d after %d: %s".formatted(taken.getRevision(), number, taken));
      }
    }

    Map<String, Detection> active() {
      last.values().removeIf(each -> each.getReason().equals("withdrawn"));
      return last;
    }
  }

  /** Returns the findings that stand when all events are in, by id. */
  Map<String, Detection> findings(List<Activity> entered) {
    SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
    SplittableRandom random = new SplittableRandom(entered.size());
    int batches = random.nextInt(4);
    int restarts = random.nextInt(3);
    Map<Integer, Long> clocks = new HashMap<>();
    Revisions revisions = new Revisions();
    long now = 0;
    try (LocalDriver driver =
        new LocalDriver(rules, JoinableLogs.ALL, enrichment, counters, 1, true)) {
      driver.onRevision(revisions);
      for (Activity event : entered) {
        if (event.getKind() == ActivityKind.CLOCK) {
          clocks.put(event.getWhere().getPartition(), event.getArrivalAt());
          driver.watermark(Collections.min(clocks.values()));
        } else {
          driver.enter(activities.encode(event));
        }
        if (batches > 0 && random.nextInt(batches) == 0) {
          now += SECOND;
          driver.live(now);
        }
        if (restarts > 0 && random.nextInt(restarts == 1 ? 20 : restarts == 3 ? 1 : 2) == 0) {
          Reopening.of(driver);
        }
      }
      driver.detections();
    }
    assertThat(counters.failures()).isEmpty();
    return revisions.active();
  }

  /** Returns the findings that stand in the words of the oracle, in their order. */
  List<Verdict> verdicts(List<Activity> entered) {
    Map<String, Observation> byEvent = new HashMap<>();
    for (Observation each : Observations.of(entered, enrichment)) {
      byEvent.put(each.event().getCategory() + "/" + each.event().getEventId(), each);
    }
    Set<String> alerts = new TreeSet<>();
    for (Activity event : entered) {
      if (event.getKind() == ActivityKind.ALERT) {
        alerts.add(event.getCategory() + "/" + event.getEventId());
      }
    }
    Collection<Detection> found = findings(entered).values();
    IncidentReading.check(found);
    return found.stream().map(each -> verdict(each, byEvent, alerts)).sorted().toList();
  }

  static Verdict verdict(
      Detection detection, Map<String, Observation> byEvent, Set<String> alerts) {
    List<Observation> shown = new ArrayList<>();
    for (Evidence evidence : detection.getEvidence()) {
      String event = evidence.getCategory() + "/" + evidence.getEventId();
      Observation seen = byEvent.get(event);
      if (seen != null) {
        shown.add(seen);
      } else if (!alerts.contains(event)) {
        throw new AssertionError("evidence that was never entered: " + event + " in " + detection);
      }
    }
    int day = (int) Math.floorDiv(detection.getEndTime(), 86_400_000L);
    String subject =
        switch (detection.getRule()) {
          case "impossible-travel" -> travel(detection, day);
          case "token-replay" -> TokenOracle.subject(uti(shown), day);
          case "partner-ip-drift" -> drift(detection, day);
          case DefenderOracle.RULE -> flagged(detection, day);
          default -> throw new AssertionError("an unknown rule: " + detection.getRule());
        };
    String id = IDS.putIfAbsent(detection.getRule() + subject, detection.getId());
    return new Verdict(
        detection.getRule(),
        subject,
        id == null || id.equals(detection.getId()) ? detection.getReason() : "another id",
        IncidentReading.severityByItself(detection),
        detection.getCount(),
        alerts(detection));
  }

  private static Set<String> alerts(Detection detection) {
    Set<String> alerts = new TreeSet<>();
    detection.getDefenderAlerts().forEach(alert -> alerts.add(alert.getOrDefault("id", "none")));
    return alerts;
  }

  private static String flagged(Detection detection, int day) {
    Address address = Address.parse(detection.getIp());
    return DefenderOracle.subject(
        detection.getPrincipal() == null ? DefenderOracle.NOBODY : detection.getPrincipal().getId(),
        address == null ? "nowhere" : address.text(),
        day);
  }

  private static String travel(Detection detection, int day) {
    if (detection.getReason().equals("many-places")) {
      return TravelOracle.manySubject(detection.getPrincipal().getId(), day);
    }
    TreeSet<String> places = new TreeSet<>();
    for (Evidence evidence : detection.getEvidence()) {
      PlaceSeen place = evidence.getPlace();
      places.add(
          place == null
              ? "none"
              : TravelOracle.name(
                  place.getCountry(), place.getCity(), place.getLatitude(), place.getLongitude()));
    }
    return TravelOracle.subject(
        detection.getPrincipal() == null ? "nobody" : detection.getPrincipal().getId(),
        places.first(),
        places.size() > 2 ? places.toString() : places.last(),
        day);
  }

  private static String uti(Collection<Observation> shown) {
    TreeSet<String> tokens = new TreeSet<>();
    for (Observation each : shown) {
      String uti = TokenOracle.uti(each);
      tokens.add(uti == null ? "none" : uti);
    }
    return tokens.size() == 1 ? tokens.first() : tokens.toString();
  }

  /** The address that a drift shows is one that fired; its evidence holds its network. */
  static String drift(Detection detection, int day) {
    String partner = detection.getPartner() == null ? "nobody" : detection.getPartner().getId();
    for (Evidence evidence : detection.getEvidence()) {
      NetworkSeen network = evidence.getNetwork();
      if (network != null && sameAddress(evidence.getIp(), detection.getIp())) {
        return detection.getReason().equals("outside-allowlist")
            ? DriftOracle.prefixSubject(partner, String.valueOf(network.getPrefix()), day)
            : DriftOracle.networkSubject(partner, network.getAsn(), network.getCountry(), day);
      }
    }
    return partner + " | no evidence of " + detection.getIp() + " | " + day;
  }

  private static boolean sameAddress(@Nullable String one, @Nullable String other) {
    return Objects.equals(Address.parse(one), Address.parse(other));
  }
}
