package dev.lockstep.detections;

import dev.lockstep.detections.HotPath.Layout;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.IntFunction;
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

/**
 * The whole topology under a load: how much of a processor an event takes, and how many bytes are
 * kept.
 */
final class Load implements AutoCloseable {
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> in;
  private final TestOutputTopic<byte[], byte[]> out;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final Map<String, Detection> findings = new TreeMap<>();
  private long revisions;
  private long nanos;
  private int events;

  Load(RuleSettings settings, Enrichment enrichment) {
    Layout layout = new Layout("lockstep.", 1, false);
    Properties config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, "load");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    this.driver =
        new TopologyTestDriver(HotPath.build(layout, settings, enrichment, new Tally()), config);
    this.in =
        driver.createInputTopic(
            layout.activityTopic(), new ByteArraySerializer(), new ByteArraySerializer());
    this.out =
        driver.createOutputTopic(
            layout.detectionsTopic(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  Load send(Activity activity) {
    String key =
        activity.getPrincipal() == null ? activity.getEventId() : activity.getPrincipal().getId();
    byte[] bytes = ActivityBuilder.bytes(activity);
    long began = CPU.getCurrentThreadCpuTime();
    in.pipeInput(key.getBytes(StandardCharsets.UTF_8), bytes, 1_700_000_000_000L);
    nanos += CPU.getCurrentThreadCpuTime() - began;
    events++;
    take();
    return this;
  }

  private void take() {
    while (!out.isEmpty()) {
      Detection detection = codec.decode(out.readValue());
      findings.put(detection.getId(), detection);
      revisions++;
    }
  }

  /** Sends so many events, or as many as a time allows. */
  Load send(int count, long mostMillis, IntFunction<Activity> event) {
    nanos = 0;
    events = 0;
    for (int i = 0; i < count && nanos < mostMillis * 1_000_000; i++) {
      send(event.apply(i));
    }
    return this;
  }

  double millisEach() {
    return nanos / 1e6 / events;
  }

  /** Returns the findings as they were said last, by id. */
  Map<String, Detection> findings() {
    driver.advanceWallClockTime(Duration.ofHours(1));
    take();
    return findings;
  }

  /** Returns the bytes of the largest entry of a store, key and value. */
  long largest(String name) {
    KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(name);
    long largest = 0;
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        largest = Math.max(largest, entry.key.get().length + entry.value.length);
      }
    }
    return largest;
  }

  /** Returns the bytes of keys and values, by store. */
  Map<String, Long> bytes() {
    Map<String, Long> bytes = new TreeMap<>();
    for (String name : driver.getAllStateStores().keySet()) {
      KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(name);
      long sum = 0;
      try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
        while (all.hasNext()) {
          KeyValue<Bytes, byte[]> entry = all.next();
          sum += entry.key.get().length + entry.value.length;
        }
      }
      if (sum > 0) {
        bytes.put(name, sum);
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    driver.close();
  }

  /** Measures noise: events, addresses, seconds at most for each, then names of noises. */
  public static void main(String[] args) {
    int count = Integer.parseInt(args[0]);
    int addresses = Integer.parseInt(args[1]);
    long mostMillis = Integer.parseInt(args[2]) * 1000L;
    for (Noise noise : Noise.values()) {
      if (args.length > 3 && !List.of(args).contains(noise.name())) {
        continue;
      }
      for (int days : new int[] {1, 30}) {
        try (Load load = new Load(RuleSettings.defaults(), Desk.world())) {
          noise.before().forEach(load::send);
          load.send(count, mostMillis, i -> noise.event(i, count, addresses, days));
          System.out.printf(
              Locale.ROOT,
              "%-12s %2d days: %7d events, %7.3f ms each, %6d revisions, bytes %s%n",
              noise,
              days,
              load.events,
              load.millisEach(),
              load.revisions,
              load.bytes());
        }
      }
    }
  }
}
