package dev.lockstep.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.Main;
import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.app.terminal.CapturedOutput;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.text.AvroJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Findings of a topic of detections, printed to the terminal. */
class DetectionsIT {
  private static final String TOPIC = "lockstep.detections";
  private static final long DAY = 86_400_000L;

  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());

  @TempDir private Path folder;

  private static Detection finding(String id, Severity severity, long startAt) {
    return ReportFindings.finding(id, "impossible-travel", severity, startAt);
  }

  private void send(Producer<byte[], byte[]> producer, Detection finding) throws Exception {
    producer
        .send(new ProducerRecord<>(TOPIC, finding.getId().getBytes(UTF_8), codec.encode(finding)))
        .get();
  }

  private Path config(String servers) throws Exception {
    return Files.writeString(
        folder.resolve("lockstep.yaml"), "kafka: {bootstrapServers: \"%s\"}\n".formatted(servers));
  }

  @Test
  void printsWhatTheTopicHas_andFollowsIt() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS);
        Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      String config = config(broker.bootstrapServers()).toString();
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, 2);
      assertThat(Ran.run("detections", "--config", config).err())
          .contains("no findings in the topic lockstep.detections");
      Detection first = finding("11112222333344445555", Severity.High, 0);
      Detection second = finding("22223333444455556666", Severity.Low, DAY);
      second.setTitle("hostile \u001b[2J");
      second.setIp(null);
      second.setEntities(
          List.of(
              Map.of("kind", "Account", "Name", "mia"),
              Map.of("kind", "IP", "Address", "203.0.113.7"),
              Map.of("kind", "IP", "Address", "203.0.113.8")));
      send(producer, second);
      send(producer, first);

      Ran table = Ran.run("detections", "--config", config);
      assertThat(table.code()).isEqualTo(ExitCode.DONE);
      assertThat(table.out().lines())
          .hasSize(3)
          .element(1)
          .asString()
          .startsWith("High      111122223333  ")
          .contains("impossible-travel", "1970-01-01 01:00Z", "title 11112222333344445555");
      assertThat(table.out().lines().toList().get(0))
          .matches(" *Severity +Id +Rule +Reason +End +What +Count");
      assertThat(table.out().lines().toList().get(2)).contains("; 203.0.113.7 and 1 more  ");
      assertThat(table.out()).contains("hostile \\u001b[2J").doesNotContain("\u001b");

      Ran json = Ran.run("detections", "--json", "--config", config);
      assertThat(json.out().lines()).containsExactly(AvroJson.of(first), AvroJson.of(second));
      assertThat(json.err()).isEmpty();
      String[][] filters = {{"--severity", "Low"}, {"--since", "1970-01-02"}, {"--limit", "1"}};
      for (String[] filter : filters) {
        Ran ran = Ran.run("detections", "--json", "--config", config, filter[0], filter[1]);
        assertThat(ran.out().lines()).as(filter[0]).hasSize(1);
      }
      Ran none = Ran.run("detections", "--rule", "token-replay", "--config", config);
      assertThat(none.out()).isEmpty();
      assertThat(none.err()).contains("match --rule; withdrawn findings are not counted");

      Ran unknown = Ran.run("detections", "--rule", "token-reply", "--config", config);
      assertThat(unknown.code()).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(unknown.err())
          .contains(
              "has no finding of a rule \"token-reply\", and the configuration has no such rule;",
              "did you mean the rule token-replay?");
      assertThat(Ran.run("detections", "--rule", "brute-force", "--config", config).err())
          .contains("a rule \"brute-force\"", "lockstep rules list lists all rules");
      assertThat(Ran.run("detections", "--limit", "1", "--config", config).err())
          .contains("only the finding that changed last is printed");

      follow(config, producer);

      Detection foreign = finding("33333333444455556666", Severity.Low, 0);
      foreign.setRule("sigma-of-another-configuration");
      send(producer, foreign);
      Ran stored =
          Ran.run(
              "detections",
              "--rule",
              foreign.getRule(),
              "--since",
              "2020-01-01",
              "--config",
              config);
      assertThat(stored.code()).as("a rule with findings").isEqualTo(ExitCode.DONE);
    }
  }

  @Test
  void printsWhatChangedLast_ofAllPartitions() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS);
        Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      PlayedTopic.create(broker.bootstrapServers(), TOPIC, 2);
      for (int i = 0; i < 40; i++) {
        Detection finding = finding("finding-" + i, Severity.High, i * DAY);
        producer
            .send(
                new ProducerRecord<>(
                    TOPIC,
                    i % 2,
                    1_000L + i,
                    finding.getId().getBytes(UTF_8),
                    codec.encode(finding)))
            .get();
      }
      String config = config(broker.bootstrapServers()).toString();
      Ran ran = Ran.run("detections", "--json", "--limit", "10", "--config", config);
      assertThat(ran.out().lines())
          .hasSize(10)
          .allMatch(line -> line.startsWith("{\"id\":\"finding-3"));
    }
  }

  private void follow(String config, Producer<byte[], byte[]> producer) throws Exception {
    try (CapturedOutput printed = CapturedOutput.open()) {
      Thread following =
          new Thread(
              () -> Main.run(Main.commandLine(), "detections", "--follow", "--config", config));
      following.start();
      try {
        await("the findings so far")
            .atMost(Duration.ofMinutes(1))
            .until(() -> printed.text().lines().count() == 2);
        Detection withdrawn = finding("11112222333344445555", Severity.High, 0);
        withdrawn.setReason("withdrawn");
        send(producer, withdrawn);
        await("the new revision")
            .atMost(Duration.ofMinutes(1))
            .until(() -> printed.text().contains("withdrawn: title 1111"));
      } finally {
        following.interrupt();
        following.join(Duration.ofMinutes(1).toMillis());
      }
      assertThat(following.isAlive()).isFalse();
    }
  }

  @Test
  void saysInOneLine_thatTheClusterDoesNotAnswer_orHasNoSuchTopic() throws Exception {
    Ran closed = Ran.run("detections", "--config", config("127.0.0.1:1").toString());
    assertThat(closed.code()).isEqualTo(ExitCode.FAILED);
    assertThat(closed.out()).isEmpty();
    assertThat(closed.err().lines())
        .singleElement()
        .asString()
        .contains("topic lockstep.detections at kafka.bootstrapServers \"127.0.0.1:1\"")
        .endsWith("run lockstep doctor to find the problem");
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS)) {
      Ran ran = Ran.run("detections", "--config", config(broker.bootstrapServers()).toString());
      assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
      assertThat(ran.err()).contains("there is no such topic");
    }
    assertThat(Ran.run("detections", "--limit", "0").code()).isEqualTo(ExitCode.WRONG_USAGE);
  }
}
