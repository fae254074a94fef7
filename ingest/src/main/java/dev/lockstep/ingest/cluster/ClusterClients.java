package dev.lockstep.ingest.cluster;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Factory of the Kafka clients of a real target cluster. */
public class ClusterClients implements TargetClients {
  private final KafkaTarget target;

  public ClusterClients(KafkaTarget target) {
    this.target = target;
  }

  @Override
  public Consumer<byte[], byte[]> positions(boolean committedOnly) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("enable.metrics.push", false);
    properties.put("default.api.timeout.ms", 15_000);
    properties.putAll(target.clientProperties());
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("allow.auto.create.topics", false);
    properties.put("isolation.level", committedOnly ? "read_committed" : "read_uncommitted");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
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

  @Override
  public Consumer<byte[], byte[]> member(String group) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("session.timeout.ms", 6_000);
    properties.put("heartbeat.interval.ms", 2_000);
    properties.put("enable.metrics.push", false);
    properties.putAll(target.clientProperties());
    properties.put("group.id", group);
    properties.put("group.protocol", "classic");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "latest");
    properties.put("allow.auto.create.topics", false);
    return new LeavingConsumer(properties);
  }

  private Producer<byte[], byte[]> producer(Map<String, Object> own) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("enable.metrics.push", false);
    properties.put("max.block.ms", 15_000);
    properties.put("batch.size", 131_072);
    properties.put(KafkaTarget.REQUEST_BYTES, target.requestBytes());
    properties.putAll(target.clientProperties());
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    properties.putAll(own);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
