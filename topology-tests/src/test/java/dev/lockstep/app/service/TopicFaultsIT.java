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

/** What somebody does to the topics of a running service: it says so, and goes on where it can. */
final class TopicFaultsIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final int USERS = 12;
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final Duration PROMISED = Duration.ofSeconds(30);

  @TempDir Path folder;
  private TestBroker broker;
  private Onlooker onlooker;
  private Admin admin;
  private Travellers travellers;
  private ServiceProcess running;
  private Path log;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
    broker.createTopic(TOPIC);
    onlooker = new Onlooker(broker.bootstrapServers());
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    travellers = new Travellers(broker.bootstrapServers(), TOPIC, PREFIX);
    log = folder.resolve("service.log");
    running = ServiceProcess.start(config(PREFIX), log);
    await("to be ready; " + log).atMost(PATIENCE).until(running::isReady);
    travellers.detect(USERS, PATIENCE);
  }

  @AfterEach
  void stop() {
    running.close();
    travellers.close();
    admin.close(Duration.ZERO);
    onlooker.close();
    broker.close();
  }

  @Test
  void goesOn_beyondForeignRecords_andWhereDetectionsAndThenActivitiesWereDeleted()
      throws Exception {
    keepsRecordsThatAreForeignOrOfAnotherVersionAsDeadLetters();
    delete("lockstep.detections");
    awaitReason("topic \\\"lockstep.detections\\\" was deleted while the service ran");
    goesOn();
    delete("lockstep.activity");
    awaitReason("topic \\\"lockstep.activity\\\" was deleted while the service ran");
    goesOn();
  }

  @Test
  void endsWithOneLine_whereAnInternalTopicWasDeleted_andTheNextStartGoesOn() throws Exception {
    delete("lockstep.detect-findings-repartition");
    await("its end").atMost(PROMISED).until(() -> !running.isAlive());
    assertThat(running.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(running.log().lines())
        .filteredOn(line -> line.startsWith("could not continue detect: internal topic"))
        .singleElement()
        .asString()
        .contains("\"lockstep.detect-findings-repartition\" was deleted");
    running = ServiceProcess.start(config(PREFIX), log);
    goesOn();
  }

  @Test
  void saysThatPartitionsWereAdded_andTheFixThatItNamesWorks() throws Exception {
    admin.createPartitions(Map.of("lockstep.activity", NewPartitions.increaseTo(8))).all().get();
    awaitReason("\\\"lockstep.activity\\\" has 8 partitions");
    assertThat(running.notReady()).contains("choose another kafka.topicPrefix");
    assertThat(running.isAlive()).isTrue();
    running.kill();

    Path refused = folder.resolve("refused.log");
    try (ServiceProcess again = ServiceProcess.start(config(PREFIX), refused)) {
      await("the refusal").atMost(PATIENCE).until(() -> !again.isAlive());
      assertThat(again.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(again.log()).contains("choose another kafka.topicPrefix");
    }
    Config fixed = Config.read(config("other."), Map.of());
    try (Service other = new Service(fixed, EnumSet.of(Service.Role.INGEST, Service.Role.DETECT));
        Travellers now = new Travellers(broker.bootstrapServers(), TOPIC, "other.")) {
      other.start();
      await("to be ready").atMost(PATIENCE).until(() -> other.notReady().isEmpty());
      now.detect(USERS, PATIENCE);
    }
  }

  private void keepsRecordsThatAreForeignOrOfAnotherVersionAsDeadLetters() throws Exception {
    String topic = "lockstep.detect-findings-repartition";
    write(topic, "not ours".getBytes(StandardCharsets.UTF_8));
    await("the dead letter")
        .atMost(PROMISED)
        .untilAsserted(
            () ->
                assertThat(onlooker.letters("lockstep.dead-letters"))
                    .filteredOn(letter -> letter.getReason().equals("foreign-record"))
                    .singleElement()
                    .satisfies(letter -> assertThat(isOf(letter, topic)).isTrue()));
    travellers.detect(USERS, PROMISED);
    write(topic, new byte[] {(byte) 0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    await("the dead letter")
        .atMost(PROMISED)
        .untilAsserted(
            () ->
                assertThat(onlooker.letters("lockstep.dead-letters"))
                    .hasSize(2)
                    .allSatisfy(letter -> assertThat(isOf(letter, topic)).isTrue()));
    travellers.detect(USERS, PROMISED);
    assertThat(running.isAlive()).isTrue();
    assertThat(running.log()).doesNotContain("a thread failed");
  }

  private static boolean isOf(DeadLetter letter, String topic) {
    return topic.equals(letter.getWhere().getHub()) && letter.getWhere().getPartition() == 1;
  }

  private void goesOn() throws Exception {
    long start = System.nanoTime();
    await("to be ready again; " + log).atMost(PATIENCE).until(running::isReady);
    travellers.detect(USERS, PATIENCE);
    System.out.printf("goes on after %.1f s%n", (System.nanoTime() - start) / 1e9);
    assertThat(running.isAlive()).isTrue();
  }

  private void delete(String topic) throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
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
        .atMost(PATIENCE)
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

  private Path config(String prefix) throws IOException {
    Path file = folder.resolve(prefix + "yaml");
    Files.writeString(
        file,
        """
        sources:
          - {name: signins, type: kafka, bootstrapServers: "%1$s", topic: signins}
        kafka: {bootstrapServers: "%1$s", stateDir: "state-%2$s", topicPrefix: "%2$s"}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers(), prefix));
    return file;
  }
}
