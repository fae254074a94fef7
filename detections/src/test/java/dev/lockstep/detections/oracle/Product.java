package dev.lockstep.detections.oracle;

import dev.lockstep.detections.HotPath;
import dev.lockstep.detections.RuleSettings;
import dev.lockstep.detections.Tally;
import dev.lockstep.enrichment.Address;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Evidence;
import dev.lockstep.schemas.NetworkSeen;
import dev.lockstep.schemas.PlaceSeen;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.jspecify.annotations.Nullable;

/** The product's own topology, given events in an order, and what it says in the end. */
final class Product {
  private static final HotPath.Layout LAYOUT = new HotPath.Layout("lockstep.", 1, false);

  /** The id of each subject, whatever the history and the order: no other may come. */
  private static final Map<String, String> IDS = new ConcurrentHashMap<>();

  private final Enrichment enrichment;
  private final RuleSettings settings;
  private final Tally tally = new Tally();

  Product(Enrichment enrichment, RuleSettings settings) {
    this.enrichment = enrichment;
    this.settings = settings;
  }

  /** Returns what was counted in all that it was given. */
  Tally tally() {
    return tally;
  }

  /** Returns the findings that stand when all events are in, by id. */
  Map<String, Detection> findings(List<Activity> entered) {
    SingleObject<Activity> activities = new SingleObject<>(Activity.getClassSchema());
    SingleObject<Detection> detections = new SingleObject<>(Detection.getClassSchema());
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "lockstep");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    Map<String, Detection> last = new TreeMap<>();
    try (TopologyTestDriver driver =
        new TopologyTestDriver(
            HotPath.build(LAYOUT, settings, enrichment, tally), properties, Instant.EPOCH)) {
      TestInputTopic<byte[], byte[]> input =
          driver.createInputTopic(
              LAYOUT.activityTopic(), new ByteArraySerializer(), new ByteArraySerializer());
      for (Activity event : entered) {
        String key =
            event.getPrincipal() == null ? event.getEventId() : event.getPrincipal().getId();
        input.pipeInput(key.getBytes(StandardCharsets.UTF_8), activities.encode(event), 0L);
        driver.advanceWallClockTime(Duration.ofSeconds(1));
      }
      driver.advanceWallClockTime(Duration.ofHours(1));
      driver.advanceWallClockTime(Duration.ofHours(1));
      driver
          .createOutputTopic(
              LAYOUT.detectionsTopic(), new StringDeserializer(), new ByteArrayDeserializer())
          .readKeyValuesToList()
          .forEach(
              record -> {
                Detection detection = detections.decode(record.value);
                Detection before = last.put(detection.getId(), detection);
                int revision = before == null ? 0 : before.getRevision();
                if (detection.getRevision() != revision + 1) {
                  Detection fault = detections.decode(record.value);
                  fault.setReason("revision " + detection.getRevision() + " after " + revision);
                  last.put(detection.getId() + " fault", fault);
                }
              });
    }
    last.values().removeIf(each -> each.getReason().equals("withdrawn"));
    return last;
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
    return findings(entered).values().stream()
        .map(each -> verdict(each, byEvent, alerts))
        .sorted()
        .toList();
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
          case DefenderOracle.RULE -> flagged(detection);
          default -> throw new AssertionError("an unknown rule: " + detection.getRule());
        };
    String id = IDS.putIfAbsent(detection.getRule() + subject, detection.getId());
    return new Verdict(
        detection.getRule(),
        subject,
        id == null || id.equals(detection.getId()) ? detection.getReason() : "another id",
        detection.getSeverity(),
        detection.getCount(),
        detection.getRule().equals(DefenderOracle.RULE) ? Set.of() : alerts(detection));
  }

  private static Set<String> alerts(Detection detection) {
    Set<String> alerts = new TreeSet<>();
    detection.getDefenderAlerts().forEach(alert -> alerts.add(alert.getOrDefault("id", "none")));
    return alerts;
  }

  private static String flagged(Detection detection) {
    Address address = Address.parse(detection.getIp());
    return DefenderOracle.subject(
        detection.getPrincipal() == null ? "nobody" : detection.getPrincipal().getId(),
        address == null ? "nowhere" : address.text(),
        String.join(", ", alerts(detection)));
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
