package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectSettingsTest {
  @ParameterizedTest
  @ValueSource(strings = {"ACKS", "PRODUCER_ACKS"})
  void writeWithAllAcknowledgements_whateverTheConfigurationSays(String property) {
    StreamsConfig settings = settings(Map.of("LOCKSTEP_KAFKA_PROPERTIES_" + property, "1"));
    assertThat(settings.getProducerConfigs("client"))
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true);
  }

  @Test
  void takeTheNumberOfThreads() {
    assertThat(
            settings(Map.of("LOCKSTEP_KAFKA_PROPERTIES_NUM_STREAM_THREADS", "5"))
                .getInt(StreamsConfig.NUM_STREAM_THREADS_CONFIG))
        .isEqualTo(5);
  }

  private static StreamsConfig settings(Map<String, String> environment) {
    return new StreamsConfig(
        DetectSettings.of(
            Config.read(null, environment).kafka(), Path.of("state"), "instance", "mark"));
  }
}
