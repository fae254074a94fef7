package dev.lockstep.app.kafka;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.BundleReader;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.WatermarkRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Looks into a cluster from outside: what is committed, where readers are, who shares what. */
public final class Onlooker implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  /** Codecs take longer to make than records to decode; whoever uses one holds its lock. */
  private static final SingleObject<Detection> DETECTIONS =
      new SingleObject<>(Detection.getClassSchema());

  private static final SingleObject<Position> POSITIONS =
      new SingleObject<>(Position.getClassSchema());

  private final Map<String, Object> settings;
  private final Admin admin;
  private final Map<String, Followed> followed = new HashMap<>();

  public Onlooker(String bootstrapServers) {
    settings = Map.of("bootstrap.servers", bootstrapServers, "metric.reporters", "");
    admin = Admin.create(settings);
  }

  /** Returns every committed record of a topic, as long as no transaction stays open in it. */
  public List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      assign(consumer, topic);
      readToEnd(consumer, records::add);
    }
    return records;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> properties = new HashMap<>(settings);
    properties.put("isolation.level", "read_committed");
    properties.put("auto.offset.reset", "earliest");
    properties.put("enable.auto.commit", false);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static void assign(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    consumer.assign(
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList());
  }

  private static void readToEnd(
      KafkaConsumer<byte[], byte[]> consumer, Consumer<ConsumerRecord<byte[], byte[]>> take) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      consumer.poll(POLL).forEach(take);
    }
  }

  /**
   * The last committed value of each key of a topic, by the order of the log. When it is asked for
   * again, only what is new is read; what retention deletes stays.
   */
  private static final class Followed {
    private final Uuid topicId;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, byte[]> latest = new LinkedHashMap<>();
    private final Map<String, Detection> detections = new LinkedHashMap<>();

    Followed(Uuid topicId, KafkaConsumer<byte[], byte[]> consumer) {
      this.topicId = topicId;
      this.consumer = consumer;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      latest.remove(key);
      detections.remove(key);
      if (record.value() != null) {
        latest.put(key, record.value());
      }
    }

    /** Returns the values as detections, of which only those that are new are decoded. */
    private List<Detection> detections() {
      List<Detection> all = new ArrayList<>();
      latest.forEach(
          (key, value) ->
              all.add(detections.computeIfAbsent(key, any -> Onlooker.detection(value))));
      return all;
    }
  }

  /** Reads a topic to its end, null where there is none; one that was made anew is read anew. */
  private @Nullable Followed follow(String topic) {
    if (!topics().contains(topic)) {
      return null;
    }
    Uuid id = description(topic).topicId();
    Followed one = followed.get(topic);
    if (one == null || !one.topicId.equals(id)) {
      if (one != null) {
        one.consumer.close();
      }
      one = new Followed(id, consumer());
      followed.put(topic, one);
      assign(one.consumer, topic);
    }
    readToEnd(one.consumer, one::take);
    return one;
  }

  /** Returns the committed activities of a prefix, clocks aside. */
  public List<Activity> activities(String topicPrefix) {
    BundleReader<Activity> reader = new BundleReader<>(Activity.getClassSchema());
    List<Activity> activities = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : committed(topicPrefix + "activity")) {
      BundleReader.Unread unread = reader.read(record.value(), activities::add);
      if (unread != null) {
        throw new AssertionError("unreadable at offset " + record.offset() + ": " + unread.why());
      }
    }
    activities.removeIf(WatermarkRecord::is);
    return activities;
  }

  /** Returns the committed letters of a topic. */
  public List<DeadLetter> letters(String topic) {
    SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());
    return committed(topic).stream().map(record -> codec.decode(record.value())).toList();
  }

  /** Returns the last committed revision of each detection of a prefix. */
  public synchronized Collection<Detection> detections(String topicPrefix) {
    Followed topic = follow(topicPrefix + "detections");
    return topic == null ? List.of() : topic.detections();
  }

  /** Returns the detection of a record's value. */
  public static Detection detection(byte[] value) {
    synchronized (DETECTIONS) {
      return DETECTIONS.decode(value);
    }
  }

  /** Returns how many messages of a source are read and committed; none before there are topics. */
  public long read(String topicPrefix, String source) {
    return positions(topicPrefix, source).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns whether a source is read, and that committed, to the end of its topic. */
  public boolean isAtEnd(String topicPrefix, String source, String topic) {
    return positions(topicPrefix, source).equals(ends(topic));
  }

  /** Returns the next offset to read by partition of a source, where one is committed. */
  public synchronized Map<Integer, Long> positions(String topicPrefix, String source) {
    Map<Integer, Long> positions = new TreeMap<>();
    Followed topic = follow(topicPrefix + "positions");
    for (byte[] value : topic == null ? List.<byte[]>of() : topic.latest.values()) {
      Position position = position(value);
      if (position.getSource().equals(source)) {
        positions.put(position.getPartition(), position.getNextOffset());
      }
    }
    return positions;
  }

  private static Position position(byte[] value) {
    synchronized (POSITIONS) {
      return POSITIONS.decode(value);
    }
  }

  /** Returns the end of every partition of a topic. */
  public Map<Integer, Long> ends(String topic) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (int partition : partitions(topic)) {
      asked.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<Integer, Long> ends = new TreeMap<>();
    await(() -> admin.listOffsets(asked).all().get())
        .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
    return ends;
  }

  private Set<Integer> partitions(String topic) {
    Set<Integer> partitions = new HashSet<>();
    description(topic).partitions().forEach(info -> partitions.add(info.partition()));
    return partitions;
  }

  private TopicDescription description(String topic) {
    return Objects.requireNonNull(
        await(() -> admin.describeTopics(List.of(topic)).allTopicNames().get()).get(topic));
  }

  /** Returns the names of all topics. */
  public Set<String> topics() {
    return await(() -> admin.listTopics().names().get());
  }

  /** Returns what each member of a group reads, by its client id. */
  public Map<String, Set<TopicPartition>> members(String group) {
    Map<String, Set<TopicPartition>> members = new TreeMap<>();
    for (MemberDescription member :
        Objects.requireNonNull(
                await(() -> admin.describeConsumerGroups(List.of(group)).all().get()).get(group))
            .members()) {
      members.put(member.clientId(), member.assignment().topicPartitions());
    }
    return members;
  }

  /** Returns how many committed records a group has not passed yet. */
  public long lag(String group) {
    Map<TopicPartition, OffsetAndMetadata> passed =
        await(() -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    passed.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
    var options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
    var ends = await(() -> admin.listOffsets(asked, options).all().get());
    return ends.entrySet().stream()
        .mapToLong(
            end -> {
              OffsetAndMetadata offset = passed.get(end.getKey());
              return end.getValue().offset() - (offset == null ? 0 : offset.offset());
            })
        .sum();
  }

  private interface Asked<T> {
    T get() throws ExecutionException, InterruptedException;
  }

  private static <T> T await(Asked<T> asked) {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the cluster does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public synchronized void close() {
    followed.values().forEach(each -> each.consumer.close());
    admin.close(Duration.ofSeconds(2));
  }
}
