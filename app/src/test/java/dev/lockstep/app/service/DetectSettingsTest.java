package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.OperatorException;
import java.nio.file.Path;
import java.util.List;
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
  void createTopicsBetweenStages_withoutTheRetentionBytesOfTheBrokers() {
    assertThat(settings(Map.of()).originalsWithPrefix(StreamsConfig.TOPIC_PREFIX))
        .containsEntry("retention.bytes", "-1");
  }

  @Test
  void takeTheNumberOfThreads() {
    assertThat(
            settings(Map.of("LOCKSTEP_KAFKA_PROPERTIES_NUM_STREAM_THREADS", "5"))
                .getInt(StreamsConfig.NUM_STREAM_THREADS_CONFIG))
        .isEqualTo(5);
  }

  @Test
  void takeACommitInterval_upToTheTransactionTimeout() {
    String interval = "LOCKSTEP_KAFKA_PROPERTIES_COMMIT_INTERVAL_MS";
    String timeout = "TRANSACTION_TIMEOUT_MS";
    for (String refused : List.of("8000", "30000")) {
      assertThatThrownBy(() -> settings(Map.of(interval, refused)))
          .isInstanceOf(OperatorException.class)
          .hasMessageStartingWith("could not start detect: commit.interval.ms is " + refused);
    }
    for (String prefix : List.of("", "PRODUCER_")) {
      Map<String, String> both =
          Map.of(interval, "30000", "LOCKSTEP_KAFKA_PROPERTIES_" + prefix + timeout, "60000");
      assertThat(settings(both).getProducerConfigs("client"))
          .extractingByKey("transaction.timeout.ms")
          .hasToString("60000");
    }
    assertThat(settings(Map.of(interval, "7000")).getLong("commit.interval.ms")).isEqualTo(7_000);
  }

  private static StreamsConfig settings(Map<String, String> environment) {
    return new StreamsConfig(
        DetectSettings.of(
            Config.read(null, environment).kafka(), Path.of("state"), "instance", "mark"));
  }
}
