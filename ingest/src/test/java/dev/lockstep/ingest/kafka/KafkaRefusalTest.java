package dev.lockstep.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateExpiredException;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class KafkaRefusalTest {
  @Test
  void namesTheNameServer_ofAHubThatDoesNotResolve() {
    KafkaException failure =
        Assertions.catchThrowableOfType(
            KafkaException.class,
            () ->
                new KafkaConsumer<>(
                    Map.of("bootstrap.servers", "hub.invalid:9093"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer()));
    assertThat(KafkaRefusal.of(failure)).contains("no name server knows").contains("; check");
  }

  @Test
  void namesTheTrust_notTheCredential_whereTlsFails() {
    assertThat(KafkaRefusal.of(new SslAuthenticationException("SSL handshake failed")))
        .contains("TLS")
        .contains("; check")
        .doesNotContain("credential");
  }

  @Test
  void namesTheDate_ofACertificateThatHasExpired() {
    CertificateExpiredException expired = new CertificateExpiredException("NotAfter: yesterday");
    assertThat(KafkaRefusal.of(new SslAuthenticationException("SSL handshake failed", expired)))
        .contains("is not valid today (NotAfter: yesterday)")
        .contains("; renew it at the broker");
  }

  @Test
  void namesACopiedStateFolder_whereAnotherHasTheSameId() {
    assertThat(KafkaRefusal.of(new FencedInstanceIdException("another consumer")))
        .contains("the state folder was copied")
        .contains("delete the file instance-id");
  }

  @Test
  void namesTheGroup_notTheTopic_whereTheGroupMayNotBeUsed() {
    assertThat(KafkaRefusal.of(GroupAuthorizationException.forGroupId("lockstep.ingest-signins")))
        .contains("consumer group lockstep.ingest-signins")
        .contains("allow its user to read the group")
        .doesNotContain("the topic");
  }

  @Test
  void saysNothing_ofAnotherFailure() {
    assertThat(KafkaRefusal.of(new KafkaException("broken"))).isEmpty();
  }
}
