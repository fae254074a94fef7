package dev.lockstep.app.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.OperatorException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PublishedRulesTest {
  private static final TopicPartition PARTITION = new TopicPartition("lockstep.rules", 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private long offset;

  private PublishedRules open() {
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    return new PublishedRules(consumer, PARTITION.topic(), Duration.ofHours(1));
  }

  private void publish(String hash, byte[] set) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(PARTITION.topic(), 0, offset++, "0".getBytes(UTF_8), set);
    record.headers().add("hash", hash.getBytes(UTF_8)).add("parts", "1".getBytes(UTF_8));
    consumer.addRecord(record);
    consumer.updateEndOffsets(Map.of(PARTITION, offset));
  }

  private static byte[] set(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      out.writeInt(1);
      out.writeUTF(name);
      out.writeInt(0);
    }
    return bytes.toByteArray();
  }

  @Test
  void takesRulesThatArePublishedAgain_afterTheyWereDamaged() throws IOException {
    try (PublishedRules rules = open()) {
      byte[] damaged = set("role.yml");
      damaged[damaged.length - 5] ^= 1;
      publish("h1", damaged);
      assertThatThrownBy(() -> rules.poll(Duration.ZERO))
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("publish them again");
      assertThat(rules.poll(Duration.ZERO)).as("a damaged set is reported once").isNull();

      publish("h1", set("role.yml"));

      SortedMap<String, byte[]> published = rules.poll(Duration.ZERO);
      assertThat(published).isNotNull();
      assertThat(published).containsOnlyKeys("role.yml");
      assertThat(rules.poll(Duration.ZERO)).as("a set is taken once").isNull();
    }
  }

  @Test
  void takesTheLatestRules_alsoBehindADamagedSet() throws IOException {
    consumer.setMaxPollRecords(1);
    try (PublishedRules rules = open()) {
      publish("h1", new byte[] {1});
      publish("h2", set("role.yml"));
      SortedMap<String, byte[]> latest = rules.latest();
      assertThat(latest).isNotNull();
      assertThat(latest).containsOnlyKeys("role.yml");

      publish("h3", new byte[] {1});
      assertThatThrownBy(rules::latest).isInstanceOf(OperatorException.class);
    }
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void givesUp_whereTheRecordsOfTheTopicDoNotCome() {
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, 1L));
    try (PublishedRules rules =
        new PublishedRules(consumer, PARTITION.topic(), Duration.ofMillis(1))) {
      assertThatThrownBy(rules::latest).isInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void closesItsConsumer_withoutWaitingForASilentCluster() {
    List<Duration> waits = new ArrayList<>();
    MockConsumer<byte[], byte[]> silent =
        new MockConsumer<>("earliest") {
          @Override
          public void close(CloseOptions options) {
            options.timeout().ifPresent(waits::add);
            super.close(options);
          }
        };
    new PublishedRules(silent, PARTITION.topic(), Duration.ZERO).close();
    assertThat(silent.closed()).isTrue();
    assertThat(waits).isNotEmpty().allMatch(Duration::isZero);
  }

  @Test
  @Timeout(60)
  void givesUpOnASilentCluster_whileAStopOfTheStartStillHasTime() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Config.Kafka kafka =
          Config.read(
                  null,
                  Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + silent.getLocalPort()))
              .kafka();
      long start = System.nanoTime();
      assertThatThrownBy(() -> open(kafka)).isInstanceOf(TimeoutException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
    }
  }

  @Test
  void saysThatTheClusterCannotBeUsed_soThatAStartTriesAgain() {
    Config.Kafka kafka =
        Config.read(
                null,
                Map.of(
                    "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                    "LOCKSTEP_KAFKA_PROPERTIES_DEFAULT_API_TIMEOUT_MS", "1000",
                    "LOCKSTEP_KAFKA_PROPERTIES_REQUEST_TIMEOUT_MS", "1000"))
            .kafka();
    assertThatThrownBy(() -> open(kafka)).isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> PublishedRules.publish(kafka, new TreeMap<>(), "h1"))
        .isInstanceOf(OperatorException.class)
        .hasMessageStartingWith("could not publish the rules to \"lockstep.rules\" (")
        .hasMessageEndingWith(
            "instances keep the rules that they have; check kafka.bootstrapServers and"
                + " kafka.properties, and try again");
  }

  @Test
  void givesUpOnAClusterThatDoesNotAnswer_beforeKafkaWould_exceptWhereLimitsAreConfigured() {
    assertThat(PublishedRules.adminSettings(Config.read(null, Map.of()).kafka()))
        .containsEntry("default.api.timeout.ms", 20_000)
        .containsEntry("request.timeout.ms", 10_000);
    Map<String, String> given = Map.of("LOCKSTEP_KAFKA_PROPERTIES_REQUEST_TIMEOUT_MS", "45000");
    assertThat(PublishedRules.adminSettings(Config.read(null, given).kafka()))
        .as("the limit of a call must not be below that of a request")
        .containsEntry("request.timeout.ms", "45000")
        .doesNotContainKey("default.api.timeout.ms");
  }

  @Test
  void publishesWithEachLimitOfTheConfiguration() {
    for (Map<String, String> limits :
        List.of(
            Map.of("REQUEST_TIMEOUT_MS", "90000"),
            Map.of("DEFAULT_API_TIMEOUT_MS", "15000"),
            Map.of("DEFAULT_API_TIMEOUT_MS", "3000"),
            Map.of("DEFAULT_API_TIMEOUT_MS", "90000"),
            Map.of("REQUEST_TIMEOUT_MS", "45000", "DEFAULT_API_TIMEOUT_MS", "60000"))) {
      Map<String, String> variables = new HashMap<>();
      limits.forEach((key, value) -> variables.put("LOCKSTEP_KAFKA_PROPERTIES_" + key, value));
      variables.put("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
      Config.Kafka kafka = Config.read(null, variables).kafka();
      Admin.create(PublishedRules.adminSettings(kafka)).close(Duration.ZERO);
    }
  }

  @Test
  void takesTheRulesInForce_thatArePublishedAgainBehindADamagedSet() throws IOException {
    try (PublishedRules rules = open()) {
      publish("h1", set("role.yml"));
      assertThat(rules.poll(Duration.ZERO)).containsOnlyKeys("role.yml");
      publish("h2", new byte[] {1});
      assertThatThrownBy(() -> rules.poll(Duration.ZERO)).isInstanceOf(OperatorException.class);

      publish("h1", set("role.yml"));

      assertThat(rules.poll(Duration.ZERO)).containsOnlyKeys("role.yml");
      assertThat(rules.poll(Duration.ZERO)).as("a set is taken once").isNull();
    }
  }

  private static PublishedRules open(Config.Kafka kafka) {
    return new PublishedRules(kafka);
  }

  @Test
  void takesNoFormerRules_whenTheTopicIsReadAnew() throws IOException {
    consumer.setMaxPollRecords(1);
    try (PublishedRules rules = open()) {
      publish("h1", set("former.yml"));
      publish("h2", set("role.yml"));
      SortedMap<String, byte[]> first = rules.poll(Duration.ZERO);
      assertThat(first).isNotNull();
      assertThat(first).containsOnlyKeys("role.yml");
      assertThat(rules.poll(Duration.ZERO)).as("a set is taken once").isNull();
    }
  }
}
