package dev.lockstep.app.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.report.ReportFindings;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.Severity;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatestFindingsIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final SingleObject<Detection> CODEC =
      new SingleObject<>(Detection.getClassSchema());

  @TempDir Path folder;

  @Test
  void holdsTheLastRevisions_withoutWhatIsWithdrawnOrErased_andBounded() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder, 0, CalmBroker.OPTIONS)) {
      Config.Kafka kafka =
          Config.read(null, Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers()))
              .kafka();
      String topic = new ClusterNames(kafka.topicPrefix()).detections();
      try (LatestFindings findings = LatestFindings.of(kafka);
          Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
        await().atMost(TIMEOUT).until(() -> String.valueOf(findings.problem()).contains(topic));
        PlayedTopic.create(broker.bootstrapServers(), topic, 1);
        await().atMost(TIMEOUT).until(() -> findings.problem() == null);
        send(producer, topic, finding("one", 1, Severity.Low));
        send(producer, topic, finding("two", 1, Severity.Low));
        send(producer, topic, finding("one", 2, Severity.High));
        Object unused = producer.send(new ProducerRecord<>(topic, new byte[] {1, 2, 3}));
        Detection gone = finding("two", 2, Severity.Low);
        gone.setReason("withdrawn");
        send(producer, topic, gone);
        await().atMost(TIMEOUT).until(() -> findings.changes() == 4);
        assertThat(findings.all())
            .extracting(Detection::getId, Detection::getSeverity)
            .containsExactly(org.assertj.core.groups.Tuple.tuple("one", Severity.High));
        send(producer, topic, finding("erased", 1, Severity.Low));
        Object tombstone =
            producer.send(
                new ProducerRecord<>(topic, "erased".getBytes(StandardCharsets.UTF_8), null));
        await().atMost(TIMEOUT).until(() -> findings.changes() == 6);
        assertThat(findings.all()).extracting(Detection::getId).containsExactly("one");
        for (int i = 0; i < 2_100; i++) {
          send(producer, topic, finding("many" + i, 1, Severity.Low));
        }
        await().atMost(TIMEOUT).until(() -> findings.changes() == 2_106);
        List<Detection> all = findings.all();
        assertThat(all).hasSize(2_000);
        assertThat(all.get(1_999).getId()).isEqualTo("many2099");
      }
    }
  }

  @Test
  void holdsTheLatestOfAllPartitions_howeverTheyAreRead_withoutWhatIsErased() throws Exception {
    try (LocalBroker broker = LocalBroker.start(folder, 0, CalmBroker.OPTIONS)) {
      Config.Kafka kafka =
          Config.read(null, Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers()))
              .kafka();
      String topic = new ClusterNames(kafka.topicPrefix()).detections();
      PlayedTopic.create(broker.bootstrapServers(), topic, 2);
      try (Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
        for (int i = 0; i < 3_000; i++) {
          send(producer, topic, i % 2, 1_000 + i, finding("many" + i, 1, Severity.Low));
        }
        producer.flush();
        try (LatestFindings findings = LatestFindings.of(kafka)) {
          await().atMost(TIMEOUT).until(() -> findings.changes() == 3_000);
          assertThat(findings.all())
              .extracting(Detection::getId)
              .containsExactlyElementsOf(
                  IntStream.range(1_000, 3_000).mapToObj(i -> "many" + i).toList());
          Object unused =
              producer.send(
                  new ProducerRecord<>(
                      topic,
                      0,
                      9_000L,
                      "many2998".getBytes(StandardCharsets.UTF_8),
                      (byte[]) null));
          await().atMost(TIMEOUT).until(() -> findings.changes() == 3_001);
          assertThat(findings.byId("many2998")).isNull();
          assertThat(findings.all()).hasSize(1_999);
        }
      }
    }
  }

  private static Detection finding(String id, int revision, Severity severity) {
    Detection finding = ReportFindings.finding(id, "rule", severity, 0);
    finding.setRevision(revision);
    finding.setRuleVersion(1);
    return finding;
  }

  private static void send(
      Producer<byte[], byte[]> producer, String topic, int partition, long at, Detection finding) {
    Object unused =
        producer.send(
            new ProducerRecord<>(
                topic,
                partition,
                at,
                finding.getId().getBytes(StandardCharsets.UTF_8),
                CODEC.encode(finding)));
  }

  private static void send(Producer<byte[], byte[]> producer, String topic, Detection finding) {
    Object unused =
        producer.send(
            new ProducerRecord<>(
                topic, finding.getId().getBytes(StandardCharsets.UTF_8), CODEC.encode(finding)));
  }
}
