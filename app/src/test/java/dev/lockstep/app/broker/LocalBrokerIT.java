package dev.lockstep.app.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerIT {
  private static final String TOPIC = "signins";

  @TempDir Path folder;

  @Test
  void takesTransactions_andKeepsThemOverARestart() throws Exception {
    Path data = folder.resolve("data");
    String clusterId;
    try (LocalBroker broker = LocalBroker.start(data, 0, LocalBroker.Options.DEFAULT)) {
      clusterId = clusterId(broker);
      createTopic(broker, TOPIC);
      try (KafkaProducer<byte[], byte[]> producer =
          producer(broker.bootstrapServers(), Map.of("transactional.id", "t"))) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, 0, null, bytes("kept"))).get();
        producer.commitTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, 0, null, bytes("aborted"))).get();
        producer.abortTransaction();
      }
      assertThat(read(broker.bootstrapServers(), Map.of(), 1)).containsExactly("kept");
    }
    try (LocalBroker again = LocalBroker.start(data, 0, LocalBroker.Options.DEFAULT)) {
      assertThat(clusterId(again)).isEqualTo(clusterId);
      assertThat(read(again.bootstrapServers(), Map.of(), 1)).containsExactly("kept");
    }
  }

  @Test
  void keepsARecordAsOldAsItsCapture_andCreatesNoTopicUnasked() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder, 0, LocalBroker.Options.DEFAULT)) {
      createTopic(broker, TOPIC);
      long in2001 = 1_000_000_000_000L;
      long in2099 = 4_070_908_800_000L;
      try (KafkaProducer<byte[], byte[]> producer =
          producer(broker.bootstrapServers(), Map.of("max.block.ms", 500))) {
        producer.send(new ProducerRecord<>(TOPIC, 0, in2001, null, bytes("old"))).get();
        producer.send(new ProducerRecord<>(TOPIC, 0, in2099, null, bytes("new"))).get();
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>("other", bytes("x"))).get())
            .isInstanceOf(ExecutionException.class);
      }
      assertThat(read(broker.bootstrapServers(), Map.of(), 2)).containsExactly("old", "new");
      try (Admin admin = admin(broker.bootstrapServers(), Map.of())) {
        var topics = admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
        assertThat(topics)
            .hasEntrySatisfying(TOPIC, topic -> assertThat(topic.partitions()).hasSize(4));
      }
    }
  }

  @Test
  void saslListenerAcceptsAConnectionString_andRefusesAWrongOne() throws Exception {
    String password = "Endpoint=sb://x.example/;SharedAccessKey=\"a\\b=\"";
    try (LocalBroker broker =
        LocalBroker.start(folder, 0, LocalBroker.Options.DEFAULT.withSasl(password))) {
      createTopic(broker, TOPIC);
      String address = broker.saslBootstrapServers();
      try (KafkaProducer<byte[], byte[]> producer = producer(address, sasl(password))) {
        producer.send(new ProducerRecord<>(TOPIC, 0, null, bytes("hello"))).get();
      }
      assertThat(read(address, sasl(password), 1)).containsExactly("hello");
      try (Admin admin = admin(address, sasl("wrong"))) {
        assertThatThrownBy(() -> admin.describeCluster().clusterId().get())
            .cause()
            .isInstanceOf(SaslAuthenticationException.class);
      }
    }
  }

  @Test
  void refusesATakenPort_byItsNumber() throws IOException {
    try (ServerSocket taken =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      assertThatThrownBy(
              () -> LocalBroker.start(folder, taken.getLocalPort(), LocalBroker.Options.DEFAULT))
          .isInstanceOf(OperatorException.class)
          .hasMessageStartingWith(
              "could not start the local broker: port "
                  + taken.getLocalPort()
                  + " cannot be opened (")
          .hasMessageEndingWith("choose another port, or 0 for a free one");
    }
  }

  @Test
  void advisesToRunItAgain_whereItsStartIsInterrupted() throws Exception {
    FutureTask<LocalBroker> start =
        new FutureTask<>(() -> LocalBroker.start(folder, 0, LocalBroker.Options.DEFAULT));
    Thread starter = new Thread(start, "starter");
    starter.start();
    await("the start of Kafka")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> isKafkaStarting() || start.isDone());
    starter.interrupt();

    assertThatThrownBy(start::get)
        .cause()
        .isInstanceOf(OperatorException.class)
        .hasMessageEndingWith("was interrupted while it started; run the command again");
    await("the thread that starts Kafka to end").until(() -> !isKafkaStarting());
  }

  private static boolean isKafkaStarting() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("local-broker-start"));
  }

  @Test
  void refusesAFolderInUse_andLetsTheFirstBrokerGoOn() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder, 0, LocalBroker.Options.DEFAULT)) {
      assertThatThrownBy(() -> LocalBroker.start(folder, 0, LocalBroker.Options.DEFAULT))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("is in use by another local broker");
      assertThat(clusterId(broker)).isNotEmpty();
    }
  }

  private static String clusterId(LocalBroker broker) throws Exception {
    try (Admin admin = admin(broker.bootstrapServers(), Map.of())) {
      return admin.describeCluster().clusterId().get();
    }
  }

  private static void createTopic(LocalBroker broker, String name) throws Exception {
    try (Admin admin = admin(broker.bootstrapServers(), Map.of())) {
      admin
          .createTopics(List.of(new NewTopic(name, Optional.empty(), Optional.empty())))
          .all()
          .get();
    }
  }

  private static Admin admin(String address, Map<String, Object> extra) {
    Map<String, Object> settings = new HashMap<>(extra);
    settings.put("bootstrap.servers", address);
    return Admin.create(settings);
  }

  private static KafkaProducer<byte[], byte[]> producer(String address, Map<String, Object> extra) {
    Map<String, Object> settings = new HashMap<>(extra);
    settings.put("bootstrap.servers", address);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static List<String> read(String address, Map<String, Object> extra, int wanted) {
    Map<String, Object> settings = new HashMap<>(extra);
    settings.put("bootstrap.servers", address);
    settings.put("isolation.level", "read_committed");
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (values.size() < wanted && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(Duration.ofMillis(200))) {
          values.add(new String(entry.value(), UTF_8));
        }
      }
    }
    return values;
  }

  private static Map<String, Object> sasl(String password) {
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required"
            + " username=\"$ConnectionString\" password=\""
            + password.replace("\\", "\\\\").replace("\"", "\\\"")
            + "\";");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
