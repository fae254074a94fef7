package dev.lockstep.app.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.metrics.MetricsServer;
import dev.lockstep.detections.rule.AlertSettings;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.detections.topology.TopologyLayout;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.rules.Subject;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Promises of a look-up that gets no answer. */
class LookUpLimitsTest {
  private static final TopologyLayout LAYOUT = new TopologyLayout("lockstep.", 1);
  private static final StateQuestion ALICE =
      new StateQuestion(Subject.Kind.PRINCIPAL, "alice", false);
  private static final Duration LONG = Duration.ofHours(1);

  private final List<String> told = new ArrayList<>();

  /** Returns a consumer of changelogs with this many records, none of which ever comes. */
  private static Consumer<byte[], byte[]> consumer(long records) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    for (String topic : List.of(LAYOUT.principalsChangelog(), LAYOUT.subjectsChangelog())) {
      Node node = new Node(0, "127.0.0.1", 1);
      consumer.updatePartitions(
          topic, List.of(new PartitionInfo(topic, 0, node, new Node[0], new Node[0])));
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.updateBeginningOffsets(Map.of(partition, 0L));
      consumer.updateEndOffsets(Map.of(partition, records));
    }
    return consumer;
  }

  private static StateLookUp lookUp(long records, Duration most) {
    return new StateLookUp(
        LAYOUT,
        () -> consumer(records),
        () -> new RuleSet(List.of(), AlertSettings.NONE, 0),
        Enrichment.none(),
        most);
  }

  @Test
  void endsAfterItsTime_withoutAnAnswer() throws IOException {
    assertThat(lookUp(10, Duration.ZERO).answer(ALICE, null, told::add))
        .isEqualTo(
            "{\"problem\":\"The look-up ended after 0 s with 0 % of the state read, so it has no"
                + " answer. Give a kind and an id; then the look-up reads only one partition.\"}");
  }

  @Test
  void mayTakeItsTime_untilTheServersOfThisProcessEndARequest() {
    MetricsServer.start(
            "127.0.0.1",
            0,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            List::of,
            List::of,
            List::of)
        .close();
    assertThat(Integer.getInteger("sun.net.httpserver.maxRspTime"))
        .isGreaterThan((int) StateLookUp.MOST.plusSeconds(20).toSeconds());
  }

  @Test
  void closesItsConsumer_withoutWaitingForASilentCluster() throws IOException {
    List<Duration> waits = new ArrayList<>();
    MockConsumer<byte[], byte[]> silent =
        new MockConsumer<>("earliest") {
          @Override
          public void close(CloseOptions options) {
            options.timeout().ifPresent(waits::add);
            super.close(options);
          }
        };
    StateLookUp lookUp =
        new StateLookUp(
            LAYOUT,
            () -> silent,
            () -> new RuleSet(List.of(), AlertSettings.NONE, 0),
            Enrichment.none(),
            LONG);
    assertThat(lookUp.answer(ALICE, null, told::add)).contains("There is no topic");
    assertThat(silent.closed()).isTrue();
    assertThat(waits).isNotEmpty().allMatch(Duration::isZero);
  }

  @Test
  void runsOnceAtATime_andEndsWhenNobodyWaits() {
    StateLookUp lookUp = lookUp(10, LONG);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  lookUp.answer(
                      ALICE,
                      null,
                      sentence -> {
                        told.add(lookUp.answer(ALICE, null, told::add));
                        throw new IOException("the browser is gone");
                      }))
          .hasMessage("the browser is gone");
    }
    assertThat(told)
        .containsOnly("{\"problem\":\"Another look-up is running; ask again when it is done.\"}")
        .hasSize(2);
  }

  @Test
  void saysThatNothingIsKept_orThatTheClusterFails() throws IOException {
    assertThat(lookUp(0, LONG).answer(ALICE, null, told::add))
        .contains("The state has nothing about principal \\\"alice\\\"");
    assertThat(lookUp(0, LONG).answer(new StateQuestion(null, "0a", true), null, told::add))
        .contains("No finding with this id is on the page.");
    StateLookUp failing =
        new StateLookUp(
            LAYOUT,
            () -> {
              throw new KafkaException("no\u202e broker");
            },
            () -> new RuleSet(List.of(), AlertSettings.NONE, 0),
            Enrichment.none(),
            LONG);
    assertThat(failing.answer(ALICE, null, told::add))
        .isEqualTo(
            "{\"problem\":\"The state cannot be read: KafkaException \\\"no\\\\u202e"
                + " broker\\\".\"}");
  }
}
