package dev.lockstep.ingest;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Opens the Kafka clients of a source and its target. */
interface KafkaClients {
  /** Opens the group member that reads the source. */
  Consumer<byte[], byte[]> source();

  /** Opens a reader of the target's positions. */
  Consumer<byte[], byte[]> positions(boolean committedOnly);

  /** Opens a transactional writer to the target. */
  Producer<byte[], byte[]> output(String transactionalId);

  /** Opens a writer to the target for what several instances may say at once. */
  Producer<byte[], byte[]> announcements();

  /** Returns the clients of real clusters. */
  static KafkaClients of(KafkaSourceConfig source, KafkaTarget target) {
    return new KafkaClients() {
      @Override
      public Consumer<byte[], byte[]> source() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("group.id", target.topicPrefix() + "ingest-" + source.name());
        properties.put("max.poll.records", 1000);
        properties.put("metadata.max.age.ms", 30_000); // a topic made later is found soon
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("enable.metrics.push", false);
        properties.putAll(source.consumerProperties());
        // Positions are ours, and the group is there to share partitions out; without a position
        // we seek, and one that the source no longer has means that records are gone.
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("allow.auto.create.topics", false);
        properties.put("group.protocol", "classic");
        return consumer(properties);
      }

      @Override
      public Consumer<byte[], byte[]> positions(boolean committedOnly) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("enable.metrics.push", false);
        properties.put("default.api.timeout.ms", 15_000);
        properties.putAll(target.clientProperties());
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("isolation.level", committedOnly ? "read_committed" : "read_uncommitted");
        return consumer(properties);
      }

      @Override
      public Producer<byte[], byte[]> announcements() {
        return producer(new HashMap<>());
      }

      @Override
      public Producer<byte[], byte[]> output(String transactionalId) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("transactional.id", transactionalId);
        properties.put("transaction.timeout.ms", 60_000);
        return producer(properties);
      }

      private Producer<byte[], byte[]> producer(Map<String, Object> own) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("enable.metrics.push", false);
        properties.put("max.block.ms", 15_000);
        properties.put("batch.size", 131_072);
        properties.put("max.request.size", 2_097_152);
        properties.putAll(target.clientProperties());
        properties.put("acks", "all");
        properties.put("enable.idempotence", true);
        properties.putAll(own);
        return new KafkaProducer<>(
            properties, new ByteArraySerializer(), new ByteArraySerializer());
      }

      private Consumer<byte[], byte[]> consumer(Map<String, Object> properties) {
        return new KafkaConsumer<>(
            properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      }
    };
  }
}
