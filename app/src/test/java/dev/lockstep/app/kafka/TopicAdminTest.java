package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.junit.jupiter.api.Test;

class TopicAdminTest {
  @Test
  void namesTheKeyOfTheReplicas_whereTheBrokersAreTooFew() {
    assertThat(
            TopicAdmin.failure(
                "topic \"lockstep.activity\"",
                new ExecutionException(
                    new InvalidReplicationFactorException("only 1 broker(s) are registered."))))
        .hasMessageContaining("only 1 broker(s)")
        .hasMessageEndingWith("; " + TopicAdmin.FEWER_REPLICAS);
  }

  @Test
  void saysWhatToCheck_whereAnythingElsePreventsATopic() {
    assertThat(
            TopicAdmin.failure(
                "topic \"x\"", new ExecutionException(new InvalidTopicException("x"))))
        .hasMessageContaining("check kafka.bootstrapServers, kafka.properties and the rights");
  }
}
