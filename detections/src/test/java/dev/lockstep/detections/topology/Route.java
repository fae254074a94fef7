package dev.lockstep.detections.topology;

import dev.lockstep.detections.ActivityBuilder;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.Known;
import dev.lockstep.detections.RuleNumbers;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.rule.RunningRules;
import dev.lockstep.detections.storage.RecordKey;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Erasure;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** Whole topology in one process: activities in, detections out. */
public final class Route implements AutoCloseable {
  /** Store of the joins. */
  public static final String HALVES = JoinStage.STORE;

  /** Store of the findings. */
  public static final String FINDINGS = FindingStage.STORE;

  static final String PRINCIPALS = PrincipalStage.STORE;
  static final String SUBJECTS = SubjectStage.STORE;
  private static final Set<String> OF_SUBJECTS =
      Set.of(PrincipalStage.STORE, SubjectStage.STORE, JoinStage.STORE);

  static final TopologyLayout LAYOUT = new TopologyLayout("lockstep.", 1);

  private static final long WRITTEN_AT = 1_700_000_000_000L;

  private final DetectionCounters counters = new DetectionCounters();
  private final List<Detection> detections = new ArrayList<>();
  private final List<String> withoutValue = new ArrayList<>();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> in;
  private final TestOutputTopic<byte[], byte[]> out;
  private final TestOutputTopic<byte[], byte[]> letters;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final SingleObject<DeadLetter> letterCodec =
      new SingleObject<>(DeadLetter.getClassSchema());

  /** Starts a topology with the numbers of the specification and the networks of the resources. */
  public Route(Path stateDir) {
    this(stateDir, RuleNumbers.defaults(), Known.WORLD);
  }

  public Route(Path stateDir, RuleNumbers numbers, Enrichment enrichment) {
    this(stateDir, numbers, enrichment, Instant.EPOCH);
  }

  /** Starts a topology whose wall clock begins at the given time. */
  Route(Path stateDir, Instant startedAt) {
    this(stateDir, RuleNumbers.defaults(), Known.WORLD, startedAt);
  }

  private Route(Path stateDir, RuleNumbers numbers, Enrichment enrichment, Instant startedAt) {
    this(stateDir, numbers.ruleSet(), enrichment, startedAt);
  }

  Route(Path stateDir, RuleSet rules, Enrichment enrichment, Instant startedAt) {
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, LAYOUT.applicationId());
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    this.driver =
        new TopologyTestDriver(
            DetectionTopology.build(
                LAYOUT, new RunningRules(rules), JoinableLogs.ALL, enrichment, counters),
            config,
            startedAt);
    this.in = input(LAYOUT.activityTopic());
    this.out = output(LAYOUT.detectionsTopic());
    this.letters = output(LAYOUT.deadLettersTopic());
  }

  private TestInputTopic<byte[], byte[]> input(String topic) {
    return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private TestOutputTopic<byte[], byte[]> output(String topic) {
    return driver.createOutputTopic(
        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Returns what was counted. */
  public DetectionCounters counters() {
    return counters;
  }

  /** Sends activities, each in a record of its own. */
  public Route send(ActivityBuilder... activities) {
    for (ActivityBuilder activity : activities) {
      send(activity.build());
    }
    return this;
  }

  /** Sends one activity. */
  public void send(Activity activity) {
    String key =
        activity.getKind() == ActivityKind.IDENTITY_LINK || activity.getPrincipal() == null
            ? activity.getEventId()
            : activity.getPrincipal().getId();
    in.pipeInput(key.getBytes(StandardCharsets.UTF_8), ActivityBuilder.bytes(activity), WRITTEN_AT);
    take();
  }

  /** Sends what is no activity; returns the letters about it. */
  List<DeadLetter> sendForeign(byte @Nullable [] value) {
    return sendForeign(LAYOUT.activityTopic(), value);
  }

  /** Sends bytes to any topic; returns the letters about them. */
  List<DeadLetter> sendForeign(String topic, byte @Nullable [] value) {
    input(topic).pipeInput(new byte[0], value, WRITTEN_AT);
    take();
    return letters.readValuesToList().stream().map(letterCodec::decode).toList();
  }

  private void take() {
    for (KeyValue<byte[], byte[]> each : out.readKeyValuesToList()) {
      if (each.value == null) {
        withoutValue.add(new String(each.key, StandardCharsets.UTF_8));
      } else {
        detections.add(codec.decode(each.value));
      }
    }
  }

  /** Asks for an erasure, and returns the keys of the records without a value that follow. */
  List<String> erase(Erasure erasure) {
    ProducerRecord<byte[], byte[]> record = ErasureCodec.record(LAYOUT.activityTopic(), erasure);
    in.pipeInput(new TestRecord<>(record.key(), record.value(), record.headers(), WRITTEN_AT));
    take();
    List<String> keys = List.copyOf(withoutValue);
    withoutValue.clear();
    return keys;
  }

  private SubjectStore subjects(String store) {
    return (SubjectStore) driver.getStateStore(store);
  }

  /** Hands out keys and values of a store; a key holds the subject. */
  private void forEach(String store, BiConsumer<byte[], byte[]> each) {
    if (OF_SUBJECTS.contains(store)) {
      subjects(store)
          .walk(
              null,
              Integer.MAX_VALUE,
              (subject, key, value) -> each.accept(RecordKey.of(subject, key), value));
      return;
    }
    KeyValueStore<String, byte[]> entries = driver.getKeyValueStore(store);
    try (KeyValueIterator<String, byte[]> all = entries.all()) {
      all.forEachRemaining(
          entry -> each.accept(entry.key.getBytes(StandardCharsets.UTF_8), entry.value));
    }
  }

  /** Returns the stores of which a key or a value holds a text. */
  List<String> holding(String text) {
    TreeSet<String> holding = new TreeSet<>();
    for (String name : driver.getAllStateStores().keySet()) {
      forEach(
          name,
          (key, value) -> {
            if (latin(key).contains(text) || latin(value).contains(text)) {
              holding.add(name);
            }
          });
    }
    return List.copyOf(holding);
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Lets time pass by the wall clock, and nothing else happen. */
  public Route waits(Duration time) {
    driver.advanceWallClockTime(time);
    take();
    return this;
  }

  /** Lets enough time pass by the wall clock for a look at every record that is kept. */
  public Route sweeps() {
    for (int i = 0; i < 5; i++) {
      waits(Duration.ofSeconds(1));
    }
    return this;
  }

  /** Returns every revision so far, in order. */
  public List<Detection> detections() {
    return List.copyOf(detections);
  }

  /** Returns the last revision of each finding, in the order of their first. */
  public List<Detection> findings() {
    Map<String, Detection> last = new LinkedHashMap<>();
    detections.forEach(detection -> last.put(detection.getId(), detection));
    return List.copyOf(last.values());
  }

  /** Returns the only finding. */
  public Detection only() {
    List<Detection> findings = findings();
    if (findings.size() != 1) {
      throw new AssertionError(
          "expected one finding, found " + findings.stream().map(Detection::getTitle).toList());
    }
    return findings.get(0);
  }

  /** Returns how often a gate suppressed something, or something was counted under that name. */
  public long gate(String rule, String gate) {
    return counters.gates().getOrDefault(rule, Map.of()).getOrDefault(gate, 0L);
  }

  /** Fills the stores with what those of another hold, as a changelog does after a restart. */
  public Route restoreFrom(Route other) {
    for (String name : other.driver.getAllStateStores().keySet()) {
      if (OF_SUBJECTS.contains(name)) {
        SubjectStore to = subjects(name);
        SubjectStore from = other.subjects(name);
        from.read(
            SubjectStore.WORDS,
            new byte[0],
            new byte[] {-1},
            (key, value) -> to.write(SubjectStore.WORDS, key, value));
        from.walk(null, Integer.MAX_VALUE, to::write);
        to.flushCache();
      } else {
        KeyValueStore<String, byte[]> to = driver.getKeyValueStore(name);
        KeyValueStore<String, byte[]> from = other.driver.getKeyValueStore(name);
        try (KeyValueIterator<String, byte[]> all = from.all()) {
          all.forEachRemaining(entry -> to.put(entry.key, entry.value));
        }
      }
    }
    return sweeps();
  }

  /** Puts bytes into a store, as the record of another program in its changelog does. */
  void put(String store, String key, byte[] value) {
    driver.<String, byte[]>getKeyValueStore(store).put(key, value);
  }

  /** Passes what was written to a topic since the last call. */
  void read(String topic, BiConsumer<byte[], byte @Nullable []> each) {
    output(topic).readKeyValuesToList().forEach(record -> each.accept(record.key, record.value));
  }

  /** Returns how many records a store holds. */
  public int kept(String store) {
    int[] count = new int[1];
    forEach(store, (key, value) -> count[0]++);
    return count[0];
  }

  @Override
  public void close() {
    driver.close();
  }
}
