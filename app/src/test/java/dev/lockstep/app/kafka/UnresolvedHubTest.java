package dev.lockstep.app.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;

/** A hub that no name server knows is tried every second, and is told once by its source. */
class UnresolvedHubTest {
  private static final Map<String, Object> SETTINGS =
      Map.of(
          "bootstrap.servers", "hub.invalid:9093",
          "connections.max.idle.ms", 180_000,
          "group.id", "g");

  @Test
  void theClientSaysNothingOfItItself() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, UTF_8));
    try {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(
                () ->
                    new KafkaConsumer<>(
                        SETTINGS, new ByteArrayDeserializer(), new ByteArrayDeserializer()))
            .isInstanceOf(KafkaException.class)
            .hasRootCauseMessage("No resolvable bootstrap urls given in bootstrap.servers");
      }
    } finally {
      System.setErr(before);
    }
    assertThat(said.toString(UTF_8)).isEmpty();
  }
}
