package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.cluster.ClusterClients;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.LeavingConsumer;
import dev.lockstep.ingest.cluster.TargetClients;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Factory of the Kafka consumers that read a source, and of the clients that write to the target
 * cluster. The defaults for event hubs are in {@link dev.lockstep.ingest.azure.EventHubs}.
 */
interface KafkaClients extends TargetClients {
  /** Opens the consumer that reads the source as a member of its group. */
  Consumer<byte[], byte[]> source();

  /**
   * Opens a consumer without group, for reading single Kafka records of the source by their
   * offsets.
   */
  Consumer<byte[], byte[]> single();

  TopicIds topicIds();

  static KafkaClients of(KafkaSourceConfig source, KafkaTarget target) {
    class Real extends ClusterClients implements KafkaClients {
      Real() {
        super(target);
      }

      @Override
      public Consumer<byte[], byte[]> source() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("group.id", target.ingestGroup(source.name()));
        properties.put("max.poll.records", 1000);
        properties.put("metadata.max.age.ms", 30_000); // a topic made later is found soon
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("enable.metrics.push", false);
        properties.put("session.timeout.ms", 6_000);
        properties.put("heartbeat.interval.ms", 2_000);
        properties.putAll(source.consumerProperties());
        properties.put("group.protocol", "classic");
        return new LeavingConsumer(withoutPositionReset(properties));
      }

      @Override
      public Consumer<byte[], byte[]> single() {
        return withoutGroup(
            source,
            Map.of(),
            Map.of(
                "max.partition.fetch.bytes",
                65_536,
                "default.api.timeout.ms",
                10_000,
                "request.timeout.ms",
                9_000));
      }

      @Override
      public TopicIds topicIds() {
        return TopicIds.of(source.consumerProperties());
      }
    }
    return new Real();
  }

  /**
   * Opens a consumer without group for the source.
   *
   * @param defaults default properties, which the source's own properties override
   * @param fixed properties that override the source's own
   */
  static Consumer<byte[], byte[]> withoutGroup(
      KafkaSourceConfig source, Map<String, Object> defaults, Map<String, Object> fixed) {
    Map<String, Object> properties = new HashMap<>(defaults);
    properties.put("enable.metrics.push", false);
    properties.putAll(source.consumerProperties());
    properties.remove("group.id");
    properties.remove("group.instance.id");
    properties.putAll(fixed);
    return new KafkaConsumer<>(
        withoutPositionReset(properties), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * Changes the given properties so that a client never changes its position by itself, and returns
   * them. Positions are stored in the target, and the group only distributes partitions. An offset
   * that the source does not have means a loss or another topic.
   */
  private static Map<String, Object> withoutPositionReset(Map<String, Object> properties) {
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "none");
    properties.put("allow.auto.create.topics", false);
    return properties;
  }
}
