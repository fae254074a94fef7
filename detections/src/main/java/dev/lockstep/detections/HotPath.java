package dev.lockstep.detections;

import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.CollectedAlert;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Sighting;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * The topology from activities to detections.
 *
 * <pre>
 * activity ─ decode ─┬──────────────────────────────── principal ─┬─ token ───┬─ finding ─ detections
 *                    ├─ edge halves ─ edge ─┬─ edged calls ─┤      ├─ partner ─┤
 *                    │                    peers             │      │           │
 *                    ├─ call halves ────────┴ link ─ linked ┤      │           │
 *                    └─ alert records ─ alert ─┬─ alerts ───┘      └───────────┤
 *                                              └──────────────────────────────-┘
 * </pre>
 *
 * <p>Every node, store and internal topic has a name, so that an upgrade finds its state again.
 */
public final class HotPath {
  private static final Serde<Activity> ACTIVITY = new AvroSerde<>(Activity.getClassSchema());
  private static final Serde<Sighting> SIGHTING = new AvroSerde<>(Sighting.getClassSchema());
  private static final Serde<Contribution> CONTRIBUTION =
      new AvroSerde<>(Contribution.getClassSchema());
  private static final Serde<CollectedAlert> ALERT =
      new AvroSerde<>(CollectedAlert.getClassSchema());
  private static final Serde<DeadLetter> LETTER = new AvroSerde<>(DeadLetter.getClassSchema());
  private static final Serde<Detection> DETECTION = new AvroSerde<>(Detection.getClassSchema());

  private HotPath() {}

  /**
   * How the topology is laid out.
   *
   * @param topicPrefix what its topics start with, e.g. {@code lockstep.}
   * @param partitions partitions of every stage; those of the activity topic
   * @param persistent whether state is on disk with changelogs; otherwise in memory for one run
   * @param forgetting whether state goes that nothing in time can be compared with any more
   */
  public record Layout(String topicPrefix, int partitions, boolean persistent, boolean forgetting) {
    /** Lays it out with forgetting. */
    public Layout(String topicPrefix, int partitions, boolean persistent) {
      this(topicPrefix, partitions, persistent, true);
    }

    /** Returns the topic that activities are read from. */
    public String activityTopic() {
      return topicPrefix + "activity";
    }

    /** Returns the topic of what is no activity. */
    public String deadLettersTopic() {
      return topicPrefix + "dead-letters";
    }

    /** Returns the topic that detections are written to. */
    public String detectionsTopic() {
      return topicPrefix + "detections";
    }
  }

  /** Returns the topology. */
  public static Topology build(
      Layout layout, RuleSettings settings, Enrichment enrichment, Tally tally) {
    Properties explicit = new Properties();
    explicit.put(StreamsConfig.APPLICATION_ID_CONFIG, "lockstep");
    explicit.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    explicit.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(explicit)));
    Stores stores = new Stores(layout.persistent(), layout.partitions(), layout.forgetting());

    KStream<String, SpecificRecord> decoded =
        builder.stream(
                layout.activityTopic(),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("activity"))
            .process(DecodeStage.supplier(stores), Named.as("decode"));
    decoded
        .filter((key, record) -> record instanceof DeadLetter, Named.as("letters-only"))
        .mapValues(DeadLetter.class::cast, Named.as("letters"))
        .to(
            layout.deadLettersTopic(),
            Produced.with(Serdes.String(), LETTER).withName("dead-letters"));
    KStream<String, Activity> activities =
        decoded
            .filter((key, record) -> record instanceof Activity, Named.as("activities-only"))
            .mapValues(Activity.class::cast, Named.as("activities"));

    KStream<String, Activity> edged =
        activities
            .filter(
                (key, activity) -> EdgeStage.concerns(activity, enrichment),
                Named.as("edge-halves-only"))
            .mapValues(EdgeStage::half, Named.as("edge-halves"))
            .selectKey((key, activity) -> referenceOf(activity), Named.as("halves-by-reference"))
            .repartition(internal("edge-halves", layout, ACTIVITY, HotPath::isClock))
            .process(EdgeStage.supplier(stores, enrichment, tally), Named.as("edge"));
    KStream<String, Activity> edgedCalls =
        edged
            .filter(
                (key, activity) -> activity.getKind() != ActivityKind.EDGE_REQUEST,
                Named.as("edged-calls-only"))
            .repartition(internal("edged-calls", layout, ACTIVITY, HotPath::isClock));
    KStream<String, Activity> peers =
        edged
            .filter(
                (key, activity) -> activity.getKind() != ActivityKind.API_CALL,
                Named.as("peers-of-calls-only"))
            .repartition(internal("peers-of-calls", layout, ACTIVITY, HotPath::isClock));

    KStream<String, Activity> linked =
        activities
            .filter((key, activity) -> waitsForLink(activity), Named.as("halves-only"))
            .selectKey((key, activity) -> activity.getEventId(), Named.as("halves-by-call"))
            .repartition(internal("call-halves", layout, ACTIVITY, HotPath::isClock))
            .merge(peers, Named.as("halves-and-peers"))
            .process(LinkStage.supplier(stores, settings, tally), Named.as("link"))
            .repartition(internal("linked-calls", layout, ACTIVITY, HotPath::isClock));

    KStream<String, CollectedAlert> alerts =
        activities
            .filter((key, activity) -> ofAlerts(activity), Named.as("alert-records-only"))
            .selectKey((key, activity) -> alertOf(activity), Named.as("records-by-alert"))
            .repartition(internal("alert-records", layout, ACTIVITY, HotPath::isClock))
            .process(AlertStage.supplier(stores, settings, enrichment, tally), Named.as("alert"));

    KStream<String, SpecificRecord> judged =
        activities
            .filter((key, activity) -> ofPrincipals(activity), Named.as("of-principals-only"))
            .merge(linked, Named.as("calls-and-linked-calls"))
            .merge(edgedCalls, Named.as("and-edged-calls"))
            .mapValues(SpecificRecord.class::cast, Named.as("events"))
            .merge(
                alerts
                    .filter((key, alert) -> !key.isEmpty(), Named.as("alerts-only"))
                    .repartition(internal("alerts", layout, ALERT, alert -> true))
                    .mapValues(SpecificRecord.class::cast, Named.as("known-alerts")),
                Named.as("events-and-alerts"))
            .process(
                PrincipalStage.supplier(stores, settings, enrichment, tally),
                Named.as("principal"));

    KStream<String, Contribution> ofTokens =
        sightings(judged, "tokens", layout, sighting -> sighting.getTokenUse() != null)
            .process(TokenStage.supplier(stores, settings, enrichment, tally), Named.as("token"));
    KStream<String, Contribution> ofPartners =
        sightings(judged, "partners", layout, sighting -> sighting.getTokenUse() == null)
            .process(
                PartnerStage.supplier(stores, settings, enrichment, tally), Named.as("partner"));
    KStream<String, Contribution> ofPrincipals =
        judged
            .filter((key, record) -> record instanceof Contribution, Named.as("contributions-only"))
            .mapValues(Contribution.class::cast, Named.as("contributions"));
    KStream<String, Contribution> ofErasures =
        decoded
            .filter(
                (key, record) -> record instanceof Contribution, Named.as("erased-findings-only"))
            .mapValues(Contribution.class::cast, Named.as("erased-findings"));

    ofPrincipals
        .merge(ofTokens, Named.as("and-of-tokens"))
        .merge(ofPartners, Named.as("and-of-partners"))
        .merge(
            alerts.mapValues(Findings::alerted, Named.as("alerts-of-findings")),
            Named.as("and-alerts"))
        .merge(ofErasures, Named.as("and-erased-findings"))
        .repartition(
            internal(
                "contributions",
                layout,
                CONTRIBUTION,
                contribution -> contribution.getDetection() == null))
        .process(
            FindingStage.supplier(stores, settings, enrichment.exceptions(), tally),
            Named.as("finding"))
        .to(
            layout.detectionsTopic(),
            Produced.with(Serdes.String(), DETECTION).withName("detections"));
    return builder.build();
  }

  private static KStream<String, Sighting> sightings(
      KStream<String, SpecificRecord> judged,
      String name,
      Layout layout,
      Predicate<Sighting> which) {
    return judged
        .filter(
            (key, record) ->
                record instanceof Sighting sighting
                    && (sighting.getSubject().isEmpty() || which.test(sighting)),
            Named.as("sightings-of-" + name + "-only"))
        .mapValues(Sighting.class::cast, Named.as("sightings-of-" + name))
        .repartition(
            internal(
                "sightings-of-" + name,
                layout,
                SIGHTING,
                sighting -> sighting.getSubject().isEmpty()));
  }

  private static boolean isClock(Activity activity) {
    return activity.getKind() == ActivityKind.CLOCK;
  }

  private static boolean ofAlerts(Activity activity) {
    return activity.getKind() == ActivityKind.ALERT || activity.getKind() == ActivityKind.CLOCK;
  }

  private static String alertOf(Activity activity) {
    return activity.getAlert() == null ? activity.getEventId() : activity.getAlert().getId();
  }

  private static boolean ofPrincipals(Activity activity) {
    return switch (activity.getKind()) {
      case SIGN_IN, API_CALL, CLOCK -> true;
      case IDENTITY_LINK, ALERT, EDGE_REQUEST, AUDIT, RISK, VAULT_CALL, OTHER -> false;
    };
  }

  /**
   * Returns whether an activity may be joined with another: a call without claims may get them from
   * a link, and one whose address only Front Door knows may get it from there.
   */
  public static boolean mayHaveAnotherHalf(Activity activity) {
    return waitsForLink(activity) || EdgeStage.mayConcern(activity);
  }

  /**
   * Returns whether an identity link without any time stands where its token was issued: its call
   * is up to 48 h later.
   */
  public static boolean isPlacedByIssue(Activity activity) {
    return activity.getKind() == ActivityKind.IDENTITY_LINK && LinkStage.isPlacedByIssue(activity);
  }

  /**
   * Returns whether an activity is joined by the call's id: a call that has its claims needs no
   * link, and one of Graph gets none.
   */
  static boolean waitsForLink(Activity activity) {
    return switch (activity.getKind()) {
      case IDENTITY_LINK, CLOCK -> true;
      case API_CALL -> activity.getToken() == null && !Observer.isOfGraph(activity);
      case SIGN_IN, ALERT, EDGE_REQUEST, AUDIT, RISK, VAULT_CALL, OTHER -> false;
    };
  }

  private static String referenceOf(Activity activity) {
    return activity.getTrackingReference() == null
        ? activity.getEventId()
        : activity.getTrackingReference();
  }

  /** An internal topic; what is for everybody goes to every partition. */
  private static <T> Repartitioned<String, T> internal(
      String name, Layout layout, Serde<T> serde, Predicate<T> forEverybody) {
    return Repartitioned.with(Serdes.String(), serde)
        .withName(name)
        .withNumberOfPartitions(layout.partitions())
        .withStreamPartitioner(new Everywhere<>(forEverybody));
  }

  /** Sends what is for everybody to every partition, and the rest by its key. */
  private record Everywhere<T>(Predicate<T> forEverybody) implements StreamPartitioner<String, T> {
    @Override
    @SuppressWarnings("removal") // the one with headers only calls this one
    public Optional<Set<Integer>> partitions(String topic, String key, T value, int partitions) {
      return forEverybody.test(value)
          ? Optional.of(IntStream.range(0, partitions).boxed().collect(Collectors.toSet()))
          : Optional.empty();
    }
  }
}
