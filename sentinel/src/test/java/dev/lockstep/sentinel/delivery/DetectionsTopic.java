package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The topic of detections together with its one consumer: what was not committed is read again. */
class DetectionsTopic extends MockConsumer<byte[], byte[]> {
  /** What was written; the detection is null where the bytes are something else. */
  record Written(TopicPartition partition, long offset, @Nullable Detection detection) {}

  private static final String TOPIC = "lockstep.detections";

  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final Map<Integer, List<byte[]>> bytes = new TreeMap<>();
  private final List<Written> written = new ArrayList<>();
  private final List<Consumer<Map<TopicPartition, OffsetAndMetadata>>> onCommit = new ArrayList<>();
  private @Nullable Collection<TopicPartition> nextAssignment;
  private int polls;
  private int commits;
  private int recordsPerPoll = 500;

  DetectionsTopic(int partitions) {
    super("earliest");
    for (int i = 0; i < partitions; i++) {
      bytes.put(i, new ArrayList<>());
    }
    updateBeginningOffsets(
        partitions().stream().collect(Collectors.toMap(partition -> partition, any -> 0L)));
    nextAssignment = partitions();
  }

  Set<TopicPartition> partitions() {
    return bytes.keySet().stream().map(DetectionsTopic::partition).collect(Collectors.toSet());
  }

  void write(int partition, Detection detection) {
    List<byte[]> log = log(partition);
    written.add(new Written(partition(partition), log.size(), detection));
    log.add(codec.encode(detection));
  }

  void writeBytes(int partition, byte @Nullable [] value) {
    List<byte[]> log = log(partition);
    written.add(new Written(partition(partition), log.size(), null));
    log.add(value == null ? new byte[0] : value);
  }

  List<Written> written() {
    return written;
  }

  /** Has the group assign these partitions in the next poll, and no others. */
  void assignNext(Collection<TopicPartition> partitions) {
    nextAssignment = partitions;
  }

  void onCommit(Consumer<Map<TopicPartition, OffsetAndMetadata>> check) {
    onCommit.add(check);
  }

  void recordsPerPoll(int records) {
    recordsPerPoll = records;
  }

  long committed(int partition) {
    OffsetAndMetadata offset = committed(Set.of(partition(partition))).get(partition(partition));
    return offset == null ? 0 : offset.offset();
  }

  boolean isDone() {
    return bytes.entrySet().stream()
        .allMatch(entry -> committed(entry.getKey()) == entry.getValue().size());
  }

  int polls() {
    return polls;
  }

  int commits() {
    return commits;
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    polls++;
    if (nextAssignment != null) {
      Collection<TopicPartition> assignment = nextAssignment;
      nextAssignment = null;
      rebalance(assignment);
    }
    int left = recordsPerPoll;
    for (TopicPartition partition : assignment()) {
      List<byte[]> log = log(partition.partition());
      for (long at = position(partition);
          at < log.size() && left > 0 && !paused().contains(partition);
          at++) {
        byte[] value = log.get((int) at);
        addRecord(
            new ConsumerRecord<>(
                TOPIC, partition.partition(), at, new byte[0], value.length == 0 ? null : value));
        left--;
      }
    }
    return super.poll(timeout);
  }

  @Override
  public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
    return bytes.keySet().stream()
        .map(one -> new PartitionInfo(topic, one, null, new Node[0], new Node[0]))
        .toList();
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    assertThat(assignment()).as("commits what is assigned").containsAll(offsets.keySet());
    commits++;
    onCommit.forEach(check -> check.accept(offsets));
    super.commitSync(offsets);
  }

  private List<byte[]> log(int partition) {
    return bytes.getOrDefault(partition, List.of());
  }

  private static TopicPartition partition(int partition) {
    return new TopicPartition(TOPIC, partition);
  }
}
