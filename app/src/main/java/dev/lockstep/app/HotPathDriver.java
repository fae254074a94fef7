package dev.lockstep.app;

import dev.lockstep.detections.HotPath;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Bundle;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Drives the topology in this process, one activity at a time, without a broker. Its time is the
 * activities' own.
 */
public final class HotPathDriver implements AutoCloseable {
  private static final int DRAIN_EVERY = 2_000;
  private static final int BUNDLED = 64;
  private static final String LINKED_CALLS = "linked-calls-repartition";
  private static final String EDGED_CALLS = "edged-calls-repartition";

  /** One partition holds everything, so no key has to choose it. */
  private static final byte[] NO_KEY = {};

  private static final Comparator<Detection> BY_END =
      Comparator.comparingLong(Detection::getEndTime).thenComparing(Detection::getId);

  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> activities;
  private final TestOutputTopic<byte[], byte[]> detections;
  private final SingleObject<Detection> detectionCodec =
      new SingleObject<>(Detection.getClassSchema());
  private final SingleObject<Activity> activityCodec =
      new SingleObject<>(Activity.getClassSchema());
  private final Map<String, Detection> latest = new HashMap<>();
  private final String detectionsTopic;
  private final Bundle bundle = new Bundle(Bundle.MOST_BYTES);
  private final @Nullable Consumer<Activity> linkedCalls;
  private @Nullable Revisions revisions;
  private long wallAt;
  private int sinceDrained;

  /** Takes every revision of a finding. */
  @FunctionalInterface
  interface Revisions {
    /**
     * Takes one.
     *
     * @param at the wall clock, in milliseconds since 1970
     */
    void take(Detection revision, long at);
  }

  /** Starts the topology, whose layout is this one's. */
  public HotPathDriver(Topology topology, HotPath.Layout layout) {
    this(topology, layout, null);
  }

  /**
   * Starts the topology, whose layout is this one's.
   *
   * @param linkedCalls takes each call that got its claims from a link or its address from Front
   *     Door, null for nobody
   */
  HotPathDriver(
      Topology topology, HotPath.Layout layout, @Nullable Consumer<Activity> linkedCalls) {
    this.linkedCalls = linkedCalls;
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "lockstep-replay");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
    driver = new TopologyTestDriver(topology, properties, Instant.EPOCH);
    activities =
        driver.createInputTopic(
            layout.activityTopic(), new ByteArraySerializer(), new ByteArraySerializer());
    detectionsTopic = layout.detectionsTopic();
    detections = output(detectionsTopic);
  }

  /** Enters one activity in its single-object encoding. */
  public void enter(byte[] activity) {
    enter(activity, true);
  }

  /**
   * Enters one activity, maybe together with those that follow.
   *
   * @param comesBack whether the topology may send it, or what it is joined with, back to the stage
   *     that those that follow go to: then they have to wait for it
   */
  void enter(byte[] activity, boolean comesBack) {
    byte[] full = bundle.add(activity);
    if (full != null) {
      pipe(full);
    }
    if (comesBack || bundle.size() >= BUNDLED) {
      pipe();
    }
  }

  private void pipe() {
    if (bundle.size() > 0) {
      sinceDrained += bundle.size();
      pipe(bundle.drain());
    }
  }

  private void pipe(byte[] value) {
    activities.pipeInput(NO_KEY, value, 0L);
    if (sinceDrained >= DRAIN_EVERY) {
      drain();
    }
  }

  /** Tells the topology up to which arrival time everything has been entered. */
  public void clock(long arrivalAt) {
    Activity clock = new Activity();
    clock.setKind(ActivityKind.CLOCK);
    clock.setCategory("");
    clock.setEventId("");
    clock.setEventAt(arrivalAt);
    clock.setArrivalAt(arrivalAt);
    clock.setWhere(new Where("files", null, null, -1, -1L, 0));
    clock.setStatus(-1);
    enter(activityCodec.encode(clock), true);
  }

  /**
   * Returns the last revision of each finding that stands, by end time and id. Whatever waits by
   * the wall clock has waited: alerts, and then the repeats of what they change.
   */
  public List<Detection> detections() {
    pipe();
    drain();
    for (int i = 0; i < 2; i++) {
      driver.advanceWallClockTime(Duration.ofDays(1));
      wallAt += Duration.ofDays(1).toMillis();
      drain();
    }
    return latest.values().stream()
        .filter(detection -> !detection.getReason().equals("withdrawn"))
        .sorted(BY_END)
        .toList();
  }

  /** Hands on every revision from now on, which {@link #live} lets come as they would live. */
  void onRevision(Revisions taking) {
    revisions = taking;
  }

  /** Lets the wall clock be a time, so that what waits for it goes out; it never goes back. */
  void live(long now) {
    pipe();
    if (now > wallAt) {
      driver.advanceWallClockTime(Duration.ofMillis(now - wallAt));
      wallAt = now;
    }
    drain();
  }

  /** Returns a store of the topology, with everything entered so far. */
  KeyValueStore<Bytes, byte[]> store(String name) {
    pipe();
    return driver.getKeyValueStore(name);
  }

  /** Takes the detections, and drops what the driver keeps of the topics in between. */
  private void drain() {
    sinceDrained = 0;
    while (!detections.isEmpty()) {
      Detection detection = detectionCodec.decode(detections.readValue());
      latest.put(detection.getId(), detection);
      if (revisions != null) {
        revisions.take(detection, wallAt);
      }
    }
    for (String topic : driver.producedTopicNames()) {
      if (!topic.equals(detectionsTopic)) {
        TestOutputTopic<byte[], byte[]> between = output(topic);
        while (!between.isEmpty()) {
          byte[] value = between.readValue();
          if (linkedCalls != null
              && (topic.endsWith(LINKED_CALLS) || topic.endsWith(EDGED_CALLS))) {
            linkedCalls.accept(activityCodec.decode(value));
          }
        }
      }
    }
  }

  private TestOutputTopic<byte[], byte[]> output(String topic) {
    return driver.createOutputTopic(
        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    driver.close();
  }
}
