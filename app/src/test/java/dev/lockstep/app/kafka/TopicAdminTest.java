package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateExpiredException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
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

  @Test
  void saysThatACertificateHasExpired() {
    assertThat(
            TopicAdmin.failure(
                "the topics \"lockstep.*\"",
                new ExecutionException(
                    new SslAuthenticationException(
                        "SSL handshake failed", new CertificateExpiredException("NotAfter: x")))))
        .hasMessageContaining("is not valid today (NotAfter: x); renew it at the broker")
        .hasMessageNotContaining("rights");
  }

  @Test
  void namesTheTrust_whereTlsFails() {
    assertThat(
            TopicAdmin.failure(
                "the topics \"lockstep.*\"",
                new ExecutionException(new SslAuthenticationException("SSL handshake failed"))))
        .hasMessageContaining("ssl.truststore.location")
        .hasMessageNotContaining("rights");
  }

  @Test
  void namesTheNetwork_whereTheClusterDoesNotAnswer() {
    assertThat(
            TopicAdmin.failure(
                "the topics \"lockstep.*\"", new ExecutionException(new TimeoutException("late"))))
        .hasMessageContaining(
            "start the brokers", "security.protocol", "the network to the brokers")
        .hasMessageNotContaining("rights");
  }
}
