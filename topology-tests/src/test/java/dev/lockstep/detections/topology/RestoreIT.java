package dev.lockstep.detections.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.detections.storage.RecordKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million principals with four facts each are restored into an empty folder within 30 s. */
final class RestoreIT {
  private static final int PRINCIPALS = 1_000_000;
  private static final int FACTS = 4;
  private static final int PARTITIONS = 4;
  private static final int FACT_BYTES = 100;
  private static final Duration PROMISED = Duration.ofSeconds(30);
  private static final String INPUT = "events";
  private static final String STORE = "subjects";
  private static final String CHANGELOG = "restoring-subjects-changelog";

  @TempDir Path folder;

  @Test
  @Tag("long")
  void restoresAMillionPrincipals() throws Exception {
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"))) {
      long bytes = fill(broker.bootstrapServers());
      CountDownLatch running = new CountDownLatch(1);
      try (KafkaStreams streams = streams(broker.bootstrapServers(), running)) {
        long start = System.nanoTime();
        streams.start();
        assertThat(running.await(5, TimeUnit.MINUTES)).isTrue();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf(
            "restored %,d records, %,d bytes of changelog, in %.1f s%n",
            PRINCIPALS * FACTS, bytes, took.toMillis() / 1000.0);
        assertThat(took).isLessThan(PROMISED);
      }
    }
  }

  private KafkaStreams streams(String bootstrapServers, CountDownLatch running) {
    Properties properties = new Properties();
    properties.putAll(StreamsDefaults.ALL);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "restoring");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("state").toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
    Topology topology =
        new Topology().addSource("source", INPUT).addProcessor("keeping", keeping(), "source");
    KafkaStreams streams = new KafkaStreams(topology, properties);
    streams.setStateListener(
        (now, before) -> {
          if (now == KafkaStreams.State.RUNNING) {
            running.countDown();
          }
        });
    return streams;
  }

  private static ProcessorSupplier<byte[], byte[], Void, Void> keeping() {
    return new ProcessorSupplier<>() {
      @Override
      public Set<StoreBuilder<?>> stores() {
        return Set.of(SubjectStore.builder(STORE));
      }

      @Override
      public Processor<byte[], byte[], Void, Void> get() {
        return new Processor<>() {
          @Override
          public void process(Record<byte[], byte[]> record) {}
        };
      }
    };
  }

  /** Writes the changelog, and returns how many bytes the broker keeps of it. */
  private static long fill(String bootstrapServers) throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("linger.ms", 20);
    settings.put("batch.size", 128 * 1024);
    settings.put("compression.type", "lz4");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(INPUT, PARTITIONS, (short) 1),
                  new NewTopic(CHANGELOG, PARTITIONS, (short) 1)
                      .configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
      SplittableRandom random = new SplittableRandom(14);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
        for (int i = 0; i < PRINCIPALS * FACTS; i++) {
          int principal = i / FACTS;
          byte[] subject = "u%028d@a.b".formatted(principal).getBytes(StandardCharsets.US_ASCII);
          byte[] key = ByteBuffer.allocate(11).putInt(i % FACTS).array();
          var unused =
              producer.send(
                  new ProducerRecord<>(
                      CHANGELOG, principal % PARTITIONS, RecordKey.of(subject, key), fact(random)));
        }
      }
      return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
          .flatMap(dirs -> dirs.values().stream())
          .flatMap(dir -> dir.replicaInfos().entrySet().stream())
          .filter(replica -> replica.getKey().topic().equals(CHANGELOG))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    }
  }

  /** Returns a fact of which half is alike. */
  private static byte[] fact(SplittableRandom random) {
    ByteBuffer fact = ByteBuffer.allocate(FACT_BYTES);
    while (fact.position() < FACT_BYTES / 2) {
      fact.putShort((short) random.nextInt());
    }
    return fact.array();
  }
}
