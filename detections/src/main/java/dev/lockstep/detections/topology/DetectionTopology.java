package dev.lockstep.detections.topology;

import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.detections.topology.StageOutput.Target;
import dev.lockstep.enrichment.Enrichment;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
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
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Kafka Streams topology that reads activities and writes detections. Internal topics divide it
 * into five parts, each with its own tasks. The stages {@code activity} and {@code principal} are
 * one part.
 *
 * <pre>
 * stage       reads                                       writes
 * activity    activity topic                              principals, subjects, halves, findings
 * join        halves                                      revisions, halves, findings
 * principal   stage activity, revisions, principals       principals, subjects, findings
 * subject     subjects                                    principals, subjects, findings
 * finding     findings                                    detections topic, incidents
 * incident    incidents                                   findings
 * </pre>
 *
 * <p>Each stage also writes to the topic of dead letters.
 *
 * <p>Every processor, store and internal topic has a name, so that an upgrade finds its state
 * again.
 */
public final class DetectionTopology {
  private static final Serde<byte[]> KEY = Serdes.ByteArray();
  private static final Serde<StageOutput> VALUE =
      Serdes.serdeFrom(
          (topic, output) -> output == null ? null : output.value(),
          (topic, bytes) -> StageOutput.to(Target.HERE, 0, bytes));

  private final StageContext stageContext;

  private DetectionTopology(StageContext stageContext) {
    this.stageContext = stageContext;
  }

  /**
   * Returns the Kafka Streams topology with rules that can be replaced while it runs. Each stage
   * that runs rules takes over new ones between two records.
   */
  public static Topology build(
      TopologyLayout layout,
      RunningRules rules,
      JoinableLogs joins,
      Enrichment enrichment,
      DetectionCounters counters) {
    return new DetectionTopology(new StageContext(layout, rules, joins, enrichment, counters))
        .build();
  }

  /** Returns the names of the internal topics of a layout. */
  public static Set<String> internalTopics(TopologyLayout layout) {
    Set<String> topics = betweenStages(layout);
    storesOnDisk().forEach(store -> topics.add(layout.changelog(store)));
    topics.add(layout.changelog(ActivityStage.STORE));
    return topics;
  }

  /**
   * Returns the names of the topics through which the stages of the topology send records to each
   * other.
   */
  public static Set<String> betweenStages(TopologyLayout layout) {
    Set<String> topics = new TreeSet<>();
    EnumSet.range(Target.PRINCIPALS, Target.INCIDENTS)
        .forEach(target -> topics.add(layout.internalTopic(target)));
    return topics;
  }

  /** Returns the names of the stores that the tasks of the topology keep on disk. */
  public static Set<String> storesOnDisk() {
    return Set.of(
        PrincipalStage.STORE,
        SubjectStage.STORE,
        JoinStage.STORE,
        FindingStage.STORE,
        IncidentStage.STORE);
  }

  private Topology build() {
    Properties explicit = new Properties();
    explicit.put(StreamsConfig.APPLICATION_ID_CONFIG, stageContext.layout().applicationId());
    explicit.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    explicit.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    StreamsBuilder builder = new StreamsBuilder(new TopologyConfig(new StreamsConfig(explicit)));

    KStream<byte[], StageOutput> read =
        builder.stream(
                stageContext.layout().activityTopic(),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("activities"))
            .process(
                stage(
                    () -> new ActivityStage(stageContext),
                    records(Stores.inMemoryKeyValueStore(ActivityStage.STORE))),
                Named.as(ActivityStage.NAME));
    send(read, ActivityStage.NAME, Target.FINDINGS);
    letters(read, ActivityStage.NAME);

    KStream<byte[], StageOutput> joined =
        through(read, ActivityStage.NAME, Target.HALVES)
            .process(
                stage(() -> new JoinStage(stageContext), SubjectStore.builder(JoinStage.STORE)),
                Named.as(JoinStage.NAME));
    send(joined, JoinStage.NAME, Target.HALVES);
    send(joined, JoinStage.NAME, Target.FINDINGS);
    letters(joined, JoinStage.NAME);

    KStream<byte[], StageOutput> judged =
        only(read, ActivityStage.NAME, Target.HERE)
            .merge(through(joined, JoinStage.NAME, Target.REVISIONS), Named.as("and-revisions"))
            .merge(
                through(read, ActivityStage.NAME, Target.PRINCIPALS),
                Named.as("and-messages-to-principals"))
            .process(
                stage(
                    () -> new PrincipalStage(stageContext),
                    SubjectStore.builder(PrincipalStage.STORE)),
                Named.as(PrincipalStage.NAME));
    send(judged, PrincipalStage.NAME, Target.PRINCIPALS);
    send(judged, PrincipalStage.NAME, Target.SUBJECTS);
    letters(judged, PrincipalStage.NAME);

    KStream<byte[], StageOutput> others =
        through(read, ActivityStage.NAME, Target.SUBJECTS)
            .process(
                stage(
                    () -> new SubjectStage(stageContext), SubjectStore.builder(SubjectStage.STORE)),
                Named.as(SubjectStage.NAME));
    send(others, SubjectStage.NAME, Target.PRINCIPALS);
    send(others, SubjectStage.NAME, Target.SUBJECTS);
    send(others, SubjectStage.NAME, Target.FINDINGS);
    letters(others, SubjectStage.NAME);

    KStream<byte[], StageOutput> found =
        through(judged, PrincipalStage.NAME, Target.FINDINGS)
            .process(
                stage(
                    () -> new FindingStage(stageContext),
                    records(DiskStore.supplier(FindingStage.STORE)).withCachingEnabled()),
                Named.as(FindingStage.NAME));
    keyed(found, FindingStage.NAME, Target.DETECTIONS, stageContext.layout().detectionsTopic());
    letters(found, FindingStage.NAME);

    KStream<byte[], StageOutput> correlated =
        through(found, FindingStage.NAME, Target.INCIDENTS)
            .process(
                stage(
                    () -> new IncidentStage(stageContext),
                    records(DiskStore.supplier(IncidentStage.STORE)).withCachingEnabled()),
                Named.as(IncidentStage.NAME));
    send(correlated, IncidentStage.NAME, Target.FINDINGS);
    letters(correlated, IncidentStage.NAME);
    return builder.build();
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> records(
      KeyValueBytesStoreSupplier supplier) {
    return Stores.keyValueStoreBuilder(supplier, Serdes.String(), Serdes.ByteArray())
        .withLoggingEnabled(Map.of());
  }

  private static <K, V> ProcessorSupplier<K, V, byte[], StageOutput> stage(
      ProcessorSupplier<K, V, byte[], StageOutput> supplier, StoreBuilder<?> store) {
    return new ProcessorSupplier<>() {
      @Override
      public Processor<K, V, byte[], StageOutput> get() {
        return supplier.get();
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(store);
      }
    };
  }

  private static KStream<byte[], StageOutput> only(
      KStream<byte[], StageOutput> stream, String stage, Target target) {
    String name = stage + "-" + target.name().toLowerCase(Locale.ROOT);
    return stream.filter(
        (key, output) -> output.target() == target, Named.as(name.replace('_', '-')));
  }

  private KStream<byte[], StageOutput> through(
      KStream<byte[], StageOutput> stream, String stage, Target target) {
    return only(stream, stage, target)
        .repartition(
            Repartitioned.with(KEY, VALUE)
                .withName(TopologyLayout.name(target))
                .withNumberOfPartitions(stageContext.layout().partitions())
                .withStreamPartitioner(new ChosenPartition()));
  }

  /**
   * Adds a Kafka Streams sink that writes a stage's records for one target to the internal topic of
   * the target. Kafka Streams creates that topic because {@link #through} declares it for another
   * stage that writes to it. The topic is named in full here, so that it stays internal and the two
   * stages stay separate.
   */
  private void send(KStream<byte[], StageOutput> stream, String stage, Target target) {
    only(stream, stage, target)
        .to(
            stageContext.layout().internalTopic(target),
            Produced.with(KEY, VALUE)
                .withName(stage + "-to-" + TopologyLayout.name(target))
                .withStreamPartitioner(new ChosenPartition()));
  }

  private void letters(KStream<byte[], StageOutput> stream, String stage) {
    keyed(stream, stage, Target.DEAD_LETTERS, stageContext.layout().deadLettersTopic());
  }

  private static void keyed(
      KStream<byte[], StageOutput> stream, String stage, Target target, String topic) {
    String name = target == Target.DETECTIONS ? "detections" : "dead-letters";
    only(stream, stage, target)
        .selectKey(
            (key, output) -> Objects.requireNonNull(output.key()).getBytes(StandardCharsets.UTF_8),
            Named.as(stage + "-" + name + "-by-key"))
        .to(topic, Produced.with(KEY, VALUE).withName(stage + "-to-" + name));
  }

  /** Partitioner that returns the partition that the stage chose. */
  private static final class ChosenPartition implements StreamPartitioner<byte[], StageOutput> {
    @Override
    @SuppressWarnings("removal") // the replacement with headers calls this method
    public Optional<Set<Integer>> partitions(
        String topic, byte[] key, StageOutput value, int partitions) {
      return Optional.of(Set.of(value.partition()));
    }
  }
}
