package dev.lockstep.ingest;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;

/** Opens the Kafka clients of a source and its target. */
interface KafkaClients extends TargetClients {
  /** Opens the group member that reads the source. */
  Consumer<byte[], byte[]> source();

  /** Returns the clients of real clusters. */
  static KafkaClients of(KafkaSourceConfig source, KafkaTarget target) {
    class Real extends ClusterClients implements KafkaClients {
      Real() {
        super(target);
      }

      @Override
      public Consumer<byte[], byte[]> source() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("group.id", target.topicPrefix() + "ingest-" + source.name());
        properties.put("max.poll.records", 1000);
        properties.put("metadata.max.age.ms", 30_000); // a topic made later is found soon
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("enable.metrics.push", false);
        properties.put("session.timeout.ms", 6_000);
        properties.put("heartbeat.interval.ms", 2_000);
        properties.putAll(source.consumerProperties());
        // Positions are ours, and the group is there to share partitions out; without a position
        // we seek, and one that the source no longer has means that records are gone.
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("allow.auto.create.topics", false);
        properties.put("group.protocol", "classic");
        return new LeavingConsumer(properties);
      }
    }
    return new Real();
  }
}
