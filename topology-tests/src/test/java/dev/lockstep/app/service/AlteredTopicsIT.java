package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.schemas.DeadLetter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What somebody does to the topics of a running service: it says so, and goes on where it can. Both
 * tests wait most of the time, and run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
final class AlteredTopicsIT {
  private static final int USERS = 12;
  private static final Duration TIMEOUT = Duration.ofSeconds(150);
  private static final Duration PROMISED = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final TestBroker broker = TestBroker.shared();
  private final String prefix = TestBroker.newPrefix();
  private final String signIns = prefix + "signins";
  private Onlooker onlooker;
  private Admin admin;
  private Travellers travellers;
  private ServiceProcess running;
  private Path log;

  @BeforeEach
  void start() throws Exception {
    broker.createTopic(signIns);
    onlooker = new Onlooker(broker.bootstrapServers());
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    travellers = new Travellers(broker.bootstrapServers(), signIns, prefix);
    log = folder.resolve("service.log");
    running = ServiceProcess.start(config(prefix), log);
    await("to be ready; " + log).atMost(TIMEOUT).until(running::isReady);
    travellers.detect(USERS, TIMEOUT);
  }

  @AfterEach
  void stop() throws Exception {
    running.close();
    travellers.close();
    admin.close(Duration.ZERO);
    onlooker.close();
    broker.deleteTopics(prefix);
  }

  @Test
  void goesOn_beyondForeignRecords_andWhereDetectionsAndThenActivitiesWereDeleted()
      throws Exception {
    keepsRecordsThatAreForeignOrOfAnotherVersionAsDeadLetters();
    delete("detections");
    awaitReason("topic \\\"" + prefix + "detections\\\" was deleted while the service ran");
    goesOn();
    delete("activity");
    awaitReason("topic \\\"" + prefix + "activity\\\" was deleted while the service ran");
    goesOn();
    await("to be degraded only")
        .atMost(PROMISED)
        .untilAsserted(
            () ->
                assertThat(Objects.requireNonNull(running.ask("/health/ready")).body())
                    .contains(
                        "\"degraded\"", prefix + "activity\\\" was deleted while the service ran"));
  }

  @Test
  void endsWithOneLine_whereAnInternalTopicWasDeleted_andSaysThatPartitionsWereAdded()
      throws Exception {
    endsWhereAnInternalTopicWasDeleted_andTheNextStartGoesOn();
    saysThatPartitionsWereAdded_andTheFixThatItNamesWorks();
  }

  private void endsWhereAnInternalTopicWasDeleted_andTheNextStartGoesOn() throws Exception {
    delete("detect-findings-repartition");
    await("its end").atMost(PROMISED).until(() -> !running.isAlive());
    assertThat(running.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(running.log().lines())
        .filteredOn(line -> line.startsWith("could not continue detect: internal topic"))
        .singleElement()
        .asString()
        .contains("\"" + prefix + "detect-findings-repartition\" was deleted");
    running = ServiceProcess.start(config(prefix), log);
    goesOn();
  }

  private void saysThatPartitionsWereAdded_andTheFixThatItNamesWorks() throws Exception {
    admin.createPartitions(Map.of(prefix + "activity", NewPartitions.increaseTo(8))).all().get();
    awaitReason("\\\"" + prefix + "activity\\\" has 8 partitions");
    assertThat(running.notReady()).contains("set another kafka.topicPrefix");
    assertThat(running.isAlive()).isTrue();
    running.kill();

    Path refused = folder.resolve("refused.log");
    try (ServiceProcess again = ServiceProcess.start(config(prefix), refused)) {
      await("the refusal").atMost(TIMEOUT).until(() -> !again.isAlive());
      assertThat(again.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(again.log()).contains("set another kafka.topicPrefix");
    }
    String another = prefix + "other.";
    Config fixed = Config.read(config(another), Map.of());
    try (Service other = new Service(fixed, EnumSet.of(Service.Role.INGEST, Service.Role.DETECT));
        Travellers now = new Travellers(broker.bootstrapServers(), signIns, another)) {
      other.start();
      await("to be ready").atMost(TIMEOUT).until(() -> other.notReady().isEmpty());
      now.detect(USERS, TIMEOUT);
    }
  }

  private void keepsRecordsThatAreForeignOrOfAnotherVersionAsDeadLetters() throws Exception {
    String topic = prefix + "detect-findings-repartition";
    write(topic, "not ours".getBytes(StandardCharsets.UTF_8));
    await("the dead letter")
        .atMost(PROMISED)
        .untilAsserted(
            () ->
                assertThat(onlooker.letters(prefix + "dead-letters"))
                    .filteredOn(letter -> letter.getReason().equals("foreign-record"))
                    .singleElement()
                    .satisfies(letter -> assertThat(isOf(letter, topic)).isTrue()));
    travellers.detect(USERS, PROMISED);
    write(topic, new byte[] {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    await("the dead letter")
        .atMost(PROMISED)
        .untilAsserted(
            () ->
                assertThat(onlooker.letters(prefix + "dead-letters"))
                    .hasSize(2)
                    .allSatisfy(letter -> assertThat(isOf(letter, topic)).isTrue()));
    travellers.detect(USERS, PROMISED);
    assertThat(running.isAlive()).isTrue();
    assertThat(running.log()).doesNotContain("failed, and Kafka Streams replaces it");
  }

  private static boolean isOf(DeadLetter letter, String topic) {
    return topic.equals(letter.getWhere().getHub()) && letter.getWhere().getPartition() == 1;
  }

  private void goesOn() throws Exception {
    long start = System.nanoTime();
    await("to be ready again; " + log).atMost(TIMEOUT).until(running::isReady);
    travellers.detect(USERS, TIMEOUT);
    System.out.printf("goes on after %.1f s%n", (System.nanoTime() - start) / 1e9);
    assertThat(running.isAlive()).isTrue();
  }

  private void delete(String topic) throws Exception {
    admin.deleteTopics(List.of(prefix + topic)).all().get();
    assertThat(running.isAlive()).isTrue();
  }

  private void write(String topic, byte[] value) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, 1, null, value)).get();
    }
  }

  private void awaitReason(String reason) throws Exception {
    long start = System.nanoTime();
    List<String> said = new ArrayList<>();
    await(reason + "; " + log + " " + said)
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              said.clear();
              said.add(running.notReady());
              return said.get(0).contains(reason);
            });
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%.1f s until: %s", seconds, said.get(0));
    assertThat(seconds).isLessThan((double) PROMISED.toSeconds());
    assertThat(Set.of(said.get(0).split("\n", -1))).isNotEmpty();
  }

  private Path config(String topicPrefix) throws IOException {
    Path file = folder.resolve(topicPrefix + "yaml");
    Files.writeString(
        file,
        """
        sources:
          - {name: signins, type: kafka, bootstrapServers: "%1$s", topic: "%3$s"}
        kafka: {bootstrapServers: "%1$s", stateDir: "state-%2$s", topicPrefix: "%2$s"}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers(), topicPrefix, signIns));
    return file;
  }
}
