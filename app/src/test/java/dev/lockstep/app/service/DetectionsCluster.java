package dev.lockstep.app.service;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.Topics;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.sentinel.delivery.Forwarder;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import dev.lockstep.sentinel.logs.BearerTokens;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.logs.SentinelSink;
import dev.lockstep.sentinel.logs.StreamForm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with our topics, of two partitions each, whose detections a test writes. */
final class DetectionsCluster implements AutoCloseable {
  static final Instant NINE = Instant.parse("2026-11-02T09:10:00Z");

  private final LocalBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private int written;

  DetectionsCluster(Path folder) {
    broker = LocalBroker.start(folder, 0, CalmBroker.OPTIONS);
    try (Admin admin = Admin.create(kafka())) {
      Topics unused = Topics.ensure(admin, "lockstep.", 2, (short) 1);
    }
    producer = new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  /** Returns a detection of impossible travel. */
  static Detection travel(String id) {
    return Detection.newBuilder()
        .setId(id)
        .setRevision(1)
        .setRule("impossible-travel")
        .setRuleVersion(1)
        .setReason("impossible-travel")
        .setSeverity(Severity.Medium)
        .setTitle("Travel")
        .setDescription("Two places.")
        .setStartTime(NINE.toEpochMilli())
        .setEndTime(NINE.toEpochMilli())
        .setCount(1)
        .setTactics(List.of())
        .setTechniques(List.of())
        .setEntities(List.of())
        .setEvidence(List.of())
        .setGates(List.of())
        .build();
  }

  /** Returns how many detections the topic has. */
  int written() {
    return written;
  }

  /** Writes detections to the partitions in turn; when it returns, they are there. */
  void write(List<Detection> detections) throws InterruptedException, ExecutionException {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (Detection detection : detections) {
      byte[] key = detection.getId().getBytes(StandardCharsets.UTF_8);
      sent.add(
          producer.send(
              new ProducerRecord<>(
                  "lockstep.detections", written++ % 2, key, codec.encode(detection))));
    }
    for (Future<RecordMetadata> each : sent) {
      each.get();
    }
  }

  /** Returns how many detections a group has done with. */
  long committed(String group) {
    try (Admin admin = Admin.create(kafka())) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts a forwarder to Sentinel, which runs until it is closed. */
  Forwarding forward(
      ForwarderConfig config,
      SentinelConfig to,
      ForwarderCounts counts,
      InstantSource clock,
      long seed) {
    Forwarder forwarder =
        Forwarder.open(
            config,
            new SentinelSink(to, StreamForm.DETECTIONS, BearerTokens.LOCAL, clock),
            kafka(),
            counts,
            clock,
            new Random(seed));
    Thread thread = new Thread(forwarder, "forward");
    thread.start();
    return new Forwarding(forwarder, thread);
  }

  /** A forwarder and its thread. */
  record Forwarding(Forwarder forwarder, Thread thread) implements AutoCloseable {
    @Override
    public void close() {
      forwarder.close();
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public void close() {
    producer.close();
    broker.close();
  }
}
