package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.ClientProperties;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterChecksTest {
  @ParameterizedTest
  @CsvSource({
    "acks, all, 0",
    "acks, ' ALL', 0",
    "acks, -1, 0",
    "acks, 1, 1",
    "enable.idempotence, True, 0",
    "enable.idempotence, false, 1",
    "enable.idempotence, -1, 1",
    "linger.ms, -1, 0"
  })
  void warnsOfEachValueThatHasNoEffect(String property, String value, int warnings) {
    CheckReport report = new CheckReport("kafka");
    ClusterChecks.warnOfOverridden(
        report, "kafka.properties", new ClientProperties(Map.of(property, value)));

    assertThat(report.lines()).hasSize(warnings);
  }

  @ParameterizedTest
  @CsvSource({
    "security.protcol, security.protocol",
    "producer.bufer.memory, producer.buffer.memory",
    "SASL.mechanism, sasl.mechanism",
    "security.protocol, ''",
    "num.stream.threads, ''",
    "main.consumer.max.poll.records, ''",
    "topic.retention.ms, ''",
    "com.example.interceptor.key, ''"
  })
  void namesThePropertyThatIsMeant_onlyWhereANameIsLikeAKnownOne(String name, String meant) {
    CheckReport report = new CheckReport("kafka");
    ClusterChecks.warnOfMisspelt(
        report, "kafka.properties", new ClientProperties(Map.of(name, "any")));

    assertThat(report.lines()).hasSize(meant.isEmpty() ? 0 : 1);
    assertThat(report.lines())
        .allSatisfy(
            line ->
                assertThat(line.text())
                    .endsWith(
                        name
                            + " has no effect, because no Kafka client knows it; write "
                            + meant
                            + ", or remove it"));
  }

  @ParameterizedTest
  @CsvSource({
    "max.request.size, 1000, 1",
    "producer.max.request.size, ' 1048575 ', 1",
    "max.request.size, 1048576, 0",
    "max.request.size, much, 0",
    "consumer.max.request.size, 1, 0"
  })
  void warnsOfRequestsThatAreTooSmallForARecord(String property, String value, int warnings) {
    CheckReport report = new CheckReport("kafka");
    ClusterChecks.warnOfSmallRequests(report, new ClientProperties(Map.of(property, value)));

    assertThat(report.lines())
        .hasSize(warnings)
        .allSatisfy(line -> assertThat(line.text()).contains(property, "1,048,576 bytes"));
  }
}
