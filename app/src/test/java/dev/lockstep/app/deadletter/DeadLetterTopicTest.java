package dev.lockstep.app.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class DeadLetterTopicTest {
  @Test
  void blamesNoAddress_whereAnotherRetryGoesOnInItsPlace() {
    for (KafkaException fenced :
        new KafkaException[] {
          new ProducerFencedException("newer"),
          new KafkaException("in a fatal state", new InvalidProducerEpochException("old"))
        }) {
      assertThat(DeadLetterTopic.failure("kafka:9092", fenced))
          .hasMessageStartingWith("could not retry the dead letters: another retry began later")
          .hasMessageNotContaining("kafka:9092");
    }
  }

  @Test
  void namesTheCluster_whereItFails() {
    assertThat(DeadLetterTopic.failure("kafka:9092", new TimeoutException("late")))
        .hasMessageStartingWith("could not use the dead letters: the cluster")
        .hasMessageContaining("\"kafka:9092\" failed (TimeoutException \"late\")");
  }
}
