package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class TopicChecksTest {
  private static final Topics TOPICS = new Topics("lockstep.");

  @Test
  void namesAnInternalTopicWithFewerReplicasThanTheOthers() {
    assertThat(
            TopicChecks.lessCopies(
                TOPICS,
                List.of(
                    topic("lockstep.activity", 3),
                    topic("lockstep.detect-findings-changelog", 3),
                    topic("lockstep.detect-principals-changelog", 1))))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.check()).isEqualTo("topic lockstep.detect-principals-changelog");
              assertThat(problem.what()).startsWith("has 1 replica, but lockstep.activity has 3");
            });
  }

  @Test
  void takesTopicsWithAsManyReplicas() {
    assertThat(
            TopicChecks.lessCopies(
                TOPICS,
                List.of(
                    topic("lockstep.activity", 1), topic("lockstep.detect-findings-changelog", 1))))
        .isEmpty();
    assertThat(TopicChecks.lessCopies(TOPICS, List.of())).isEmpty();
  }

  private static TopicDescription topic(String name, int replicas) {
    List<Node> nodes =
        IntStream.range(0, replicas).mapToObj(id -> new Node(id, "localhost", 9092)).toList();
    return new TopicDescription(
        name, false, List.of(new TopicPartitionInfo(0, nodes.get(0), nodes, nodes)));
  }
}
