package dev.lockstep.app.doctor;

import dev.lockstep.ingest.kafka.KafkaSourceConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reader of the newest messages of a topic, without a consumer group. */
final class HubReader {
  private static final int MOST_MESSAGES = 2_000;
  private static final Duration TIMEOUT = Duration.ofMillis(2_500);
  private static final Duration POLL = Duration.ofMillis(200);

  private HubReader() {}

  static boolean read(KafkaSourceConfig source, Map<String, Object> settings, HubSample into) {
    Map<String, Object> properties = new HashMap<>(settings);
    properties.remove("group.id");
    properties.put("enable.auto.commit", false);
    properties.put("allow.auto.create.topics", false);
    properties.put("auto.offset.reset", "latest");
    properties.put("fetch.max.wait.ms", 100);
    try (CloseAction<Consumer<byte[], byte[]>> opened =
        new CloseAction<>(
            new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
            consumer -> consumer.close(CloseOptions.timeout(ClusterChecks.CLOSE)))) {
      Consumer<byte[], byte[]> consumer = opened.it();
      List<TopicPartition> partitions =
          consumer.partitionsFor(source.topic()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      Set<TopicPartition> left = new HashSet<>();
      long share = Math.max(1, MOST_MESSAGES / Math.max(1, partitions.size()));
      for (TopicPartition partition : partitions) {
        long end = ends.getOrDefault(partition, 0L);
        long from = Math.max(begins.getOrDefault(partition, 0L), end - share);
        consumer.seek(partition, from);
        if (from < end) {
          left.add(partition);
        }
      }
      long until = System.nanoTime() + TIMEOUT.toNanos();
      while (!left.isEmpty() && System.nanoTime() < until) {
        for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
          into.add(source.name(), message);
        }
        left.removeIf(
            partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
      }
      return left.isEmpty();
    }
  }
}
