package dev.lockstep.detections;

import dev.lockstep.detections.HotPath.Layout;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The whole topology in one process: activities in, detections out. */
final class Route implements AutoCloseable {
  final Tally tally = new Tally();
  private final List<Detection> detections = new ArrayList<>();
  private final List<String> withoutValue = new ArrayList<>();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> in;
  private final TestOutputTopic<byte[], byte[]> out;
  private final TestOutputTopic<byte[], byte[]> letters;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());

  Route(boolean persistent, Path stateDir) {
    this(persistent, stateDir, RuleSettings.defaults(), Desk.world());
  }

  Route(boolean persistent, Path stateDir, RuleSettings settings, Enrichment enrichment) {
    Layout layout = new Layout("lockstep.", 1, persistent);
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "route");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    this.driver =
        new TopologyTestDriver(HotPath.build(layout, settings, enrichment, tally), config);
    this.in =
        driver.createInputTopic(
            layout.activityTopic(), new ByteArraySerializer(), new ByteArraySerializer());
    this.out =
        driver.createOutputTopic(
            layout.detectionsTopic(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.letters =
        driver.createOutputTopic(
            layout.deadLettersTopic(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  Route send(ActivityBuilder... activities) {
    for (ActivityBuilder activity : activities) {
      send(activity.build());
    }
    return this;
  }

  void send(Activity activity) {
    String key =
        activity.getKind() == ActivityKind.IDENTITY_LINK || activity.getPrincipal() == null
            ? activity.getEventId()
            : activity.getPrincipal().getId();
    in.pipeInput(
        key.getBytes(StandardCharsets.UTF_8), ActivityBuilder.bytes(activity), 1_700_000_000_000L);
    take();
  }

  /** Sends what is no activity; returns the letters about it. */
  List<DeadLetter> sendForeign(byte @Nullable [] value) {
    in.pipeInput(new byte[0], value, 1_700_000_000_000L);
    SingleObject<DeadLetter> decoder = new SingleObject<>(DeadLetter.getClassSchema());
    return letters.readValuesToList().stream().map(decoder::decode).toList();
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
    ProducerRecord<byte[], byte[]> record = Erasures.record("lockstep.activity", erasure);
    in.pipeInput(
        new TestRecord<>(record.key(), record.value(), record.headers(), 1_700_000_000_000L));
    take();
    List<String> keys = List.copyOf(withoutValue);
    withoutValue.clear();
    return keys;
  }

  /** Returns the stores of which a key or a value holds a text. */
  List<String> holding(String text) {
    List<String> holding = new ArrayList<>();
    for (String name : driver.getAllStateStores().keySet()) {
      KeyValueStore<Bytes, byte[]> entries = driver.getKeyValueStore(name);
      try (KeyValueIterator<Bytes, byte[]> all = entries.all()) {
        all.forEachRemaining(
            entry -> {
              String both =
                  new String(entry.key.get(), StandardCharsets.ISO_8859_1)
                      + "\n"
                      + new String(entry.value, StandardCharsets.ISO_8859_1);
              if (both.contains(text) && !holding.contains(name)) {
                holding.add(name);
              }
            });
      }
    }
    return holding;
  }

  /** Lets time pass on the wall, and nothing else happen. */
  Route waits(Duration time) {
    driver.advanceWallClockTime(time);
    take();
    return this;
  }

  /** Returns every revision so far, in order. */
  List<Detection> detections() {
    return List.copyOf(detections);
  }

  /** Returns the last revision of each finding, in the order of their first. */
  List<Detection> findings() {
    Map<String, Detection> last = new LinkedHashMap<>();
    detections.forEach(detection -> last.put(detection.getId(), detection));
    return List.copyOf(last.values());
  }

  Detection only() {
    List<Detection> findings = findings();
    if (findings.size() != 1) {
      throw new AssertionError(
          "expected one finding, found " + findings.stream().map(Detection::getTitle).toList());
    }
    return findings.get(0);
  }

  long gate(String rule, String gate) {
    return tally.gates().getOrDefault(rule, Map.of()).getOrDefault(gate, 0L);
  }

  /** Fills the stores with what those of another hold, as a changelog does after a restart. */
  void restoreFrom(Route other) {
    for (String store : other.driver.getAllStateStores().keySet()) {
      KeyValueStore<Bytes, byte[]> to = driver.getKeyValueStore(store);
      KeyValueStore<Bytes, byte[]> from = other.driver.getKeyValueStore(store);
      try (KeyValueIterator<Bytes, byte[]> all = from.all()) {
        all.forEachRemaining(entry -> to.put(entry.key, entry.value));
      }
    }
  }

  /** Returns how many entries a store holds. */
  int kept(String store) {
    KeyValueStore<Bytes, byte[]> entries = driver.getKeyValueStore(store);
    int count = 0;
    try (KeyValueIterator<Bytes, byte[]> all = entries.all()) {
      while (all.hasNext()) {
        all.next();
        count++;
      }
    }
    return count;
  }

  @Override
  public void close() {
    driver.close();
  }
}
