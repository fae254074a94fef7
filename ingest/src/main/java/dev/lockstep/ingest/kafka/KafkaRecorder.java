package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.file.CaptureWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recorder of a topic's or event hub's messages into files in the format of Event Hubs Capture. The
 * files are {@code FOLDER/source/hub/partition/year/month/day/hour/minute/second.avro}. They keep
 * bytes, arrival and offset of each message. The recorder belongs to no group and stores no
 * position.
 */
public final class KafkaRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaRecorder.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Map<String, Object> TIMEOUTS =
      Map.of("default.api.timeout.ms", 20_000, "request.timeout.ms", 15_000);

  private final KafkaSourceConfig source;
  private final Path folder;
  private final InstantSource clock;
  private volatile boolean stopped;
  private volatile long messages;
  private volatile long files;

  /**
   * Creates a recorder that records nothing until {@link #record()} is called.
   *
   * @param folder folder of all sources, with a folder below for each source
   * @param clock clock by which a file is named if its first message has no arrival time
   */
  public KafkaRecorder(KafkaSourceConfig source, Path folder, InstantSource clock) {
    this.source = source;
    this.folder = folder.resolve(safeFileName(source.name())).resolve(safeFileName(source.topic()));
    this.clock = clock;
  }

  /** Returns the source's name. */
  public String name() {
    return source.name();
  }

  /** Returns the number of recorded messages. */
  public long messages() {
    return messages;
  }

  /** Returns the number of files begun. */
  public long files() {
    return files;
  }

  /** Makes {@link #record()} complete its files and return. Does not wait for that. */
  public void stop() {
    stopped = true;
  }

  /**
   * Writes messages to files, from the configured start until {@link #stop} is called. To be called
   * once.
   *
   * @throws KafkaException if the source cannot be read
   * @throws IOException if the files cannot be written
   */
  public void record() throws IOException {
    Map<TopicPartition, CaptureWriter> writers = new HashMap<>();
    try (Consumer<byte[], byte[]> consumer =
        KafkaClients.withoutGroup(source, TIMEOUTS, Map.of())) {
      List<TopicPartition> partitions = partitions(consumer);
      consumer.assign(partitions);
      KafkaOffsets offsets = new KafkaOffsets(consumer);
      for (TopicPartition partition : partitions) {
        consumer.seek(partition, offsets.at(partition, source.from()));
        writers.put(
            partition, new CaptureWriter(folder.resolve(Integer.toString(partition.partition()))));
      }
      while (!stopped) {
        long taken = messages;
        for (ConsumerRecord<byte[], byte[]> record : poll(consumer)) {
          write(record, writers);
          taken++;
        }
        messages = taken;
        files = writers.values().stream().mapToLong(CaptureWriter::files).sum();
      }
    } finally {
      close(writers);
    }
  }

  private ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> consumer) {
    try {
      return consumer.poll(POLL);
    } catch (OffsetOutOfRangeException e) {
      Map<TopicPartition, Long> firsts =
          consumer.beginningOffsets(e.offsetOutOfRangePartitions().keySet());
      firsts.forEach(
          (partition, first) -> {
            long position = e.offsetOutOfRangePartitions().getOrDefault(partition, first);
            LOG.warn(
                "{}: {} no longer has the record at offset {}; recording continues at offset {},"
                    + " {}",
                source.name(),
                partition,
                position,
                first,
                position < first
                    ? "and the records between are missing"
                    : "and records may be recorded twice, because the partition was truncated, or"
                        + " the topic was deleted and created again");
            consumer.seek(partition, first);
          });
      return ConsumerRecords.empty();
    }
  }

  private void write(
      ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, CaptureWriter> writers)
      throws IOException {
    CaptureWriter writer = writers.get(new TopicPartition(record.topic(), record.partition()));
    if (writer != null) {
      writer.write(
          record.value() == null ? new byte[0] : record.value(),
          record.offset(),
          PartitionIngest.arrival(record, source.arrivalFromHeader()),
          clock.millis());
    }
  }

  private static void close(Map<TopicPartition, CaptureWriter> writers) throws IOException {
    IOException failure = null;
    for (CaptureWriter writer : writers.values()) {
      try {
        writer.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private List<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = KafkaOffsets.partitions(consumer, source.topic());
    if (partitions.isEmpty()) {
      throw new UnknownTopicOrPartitionException("the topic " + source.topic() + " does not exist");
    }
    return partitions;
  }

  private static String safeFileName(String name) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean fits =
          (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_' || (c == '.' && i > 0);
      plain.append(fits ? c : '_');
    }
    return plain.toString();
  }
}
