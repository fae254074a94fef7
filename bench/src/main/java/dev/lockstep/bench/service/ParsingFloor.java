package dev.lockstep.bench.service;

import dev.lockstep.bench.StreamingDecoder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Smallest possible service, with which the product is compared: it consumes a topic from its
 * beginning and parses the fields that the product reads. It prints the nanoseconds of processor
 * time that the messages after the warm-up took.
 */
final class ParsingFloor {
  private ParsingFloor() {}

  /**
   * Measures this service with four arguments: bootstrap servers, topic, number of messages of the
   * warm-up, number of all messages.
   */
  public static void main(String[] arguments) throws IOException {
    String topic = arguments[1];
    long warmUp = Long.parseLong(arguments[2]);
    long all = Long.parseLong(arguments[3]);
    StreamingDecoder parser = new StreamingDecoder();
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", arguments[0],
            "isolation.level", "read_committed",
            "max.poll.records", "1000",
            "enable.metrics.push", "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = LoadClient.partitions(consumer, topic);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long messages = 0;
      long sum = 0;
      long warm = 0;
      while (messages < all) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          sum += parser.decode(record.value());
          if (++messages == warmUp) {
            warm = processorNanos();
          }
        }
      }
      System.out.println("cpu " + (processorNanos() - warm) + " sum " + sum);
    }
  }

  private static long processorNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }
}
