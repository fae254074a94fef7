package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.OperatorException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A step of the start is repeated, unless no repetition can help. */
@Timeout(60)
class ClusterTest {
  private final Cluster cluster = new Cluster(Config.read(null, Map.of()).kafka(), why -> {});

  @Test
  void repeatsNoStep_whereAClientRefusesAProperty() {
    assertThatThrownBy(
            () ->
                cluster.tryOn(
                    "the cluster cannot be written to",
                    () -> {
                      throw new ConfigException("max.request.size", "abc", "Not a number");
                    }))
        .isInstanceOf(OperatorException.class)
        .hasMessage(
            "could not start: the cluster cannot be written to (ConfigException \"Invalid value abc"
                + " for configuration max.request.size: Not a number\"); fix kafka.properties, or"
                + " the properties of the source");
  }

  @Test
  void repeatsNoStep_whereAProducerRefusesItsProperties() {
    assertThatThrownBy(
            () ->
                cluster.tryOn(
                    "the cluster cannot be written to",
                    () -> {
                      throw new KafkaException(
                          "Failed to construct kafka producer",
                          new ConfigException("delivery.timeout.ms is too small"));
                    }))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("delivery.timeout.ms is too small")
        .hasMessageContaining("fix kafka.properties");
  }

  @Test
  void takesALongerLimitOfRequests_asEventHubsNeedsIt() {
    for (Map<String, Object> limits :
        List.<Map<String, Object>>of(
            Map.of(),
            Map.of("request.timeout.ms", "60000"),
            Map.of("default.api.timeout.ms", "10000"),
            Map.of("default.api.timeout.ms", " 3000 "),
            Map.of("request.timeout.ms", "60000", "default.api.timeout.ms", "90000"))) {
      Map<String, Object> settings = new HashMap<>(limits);
      settings.put("bootstrap.servers", "127.0.0.1:1");
      Admin.create(Cluster.adminSettings(settings)).close(Duration.ZERO);
    }
  }

  @Test
  void removesNoThreadOfAnInstance_whoseIdBeginsLikeItsOwn() {
    assertThat(Cluster.isThread("lockstep-1", "lockstep")).isTrue();
    assertThat(Cluster.isThread("lockstep-1-1", "lockstep")).isFalse();
    assertThat(Cluster.isThread("lockstep-1-1", "lockstep-1")).isTrue();
    assertThat(Cluster.isThread("lockstep-", "lockstep")).isFalse();
  }

  @Test
  void goesOn_whereTheClusterDoesNotAnswer() throws Exception {
    assertThat(failsUntilStopped(new TimeoutException("no answer"))).isEqualTo(1);
  }

  @Test
  void goesOn_whereNoNameServerKnowsTheCluster() throws Exception {
    assertThat(
            failsUntilStopped(
                new ConfigException("No resolvable bootstrap urls given in bootstrap.servers")))
        .isEqualTo(1);
  }

  @Test
  void goesOn_whereAProducerCannotResolveTheCluster() throws Exception {
    assertThat(
            failsUntilStopped(
                new KafkaException(
                    "Failed to construct kafka producer",
                    new ConfigException(
                        "No resolvable bootstrap urls given in bootstrap.servers"))))
        .isEqualTo(1);
  }

  @Test
  void watchesOn_whereACheckFailsByABug() throws Exception {
    Cluster silent =
        new Cluster(
            Config.read(
                    null,
                    Map.of(
                        "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                        "LOCKSTEP_KAFKA_PROPERTIES_DEFAULT_API_TIMEOUT_MS", "1000",
                        "LOCKSTEP_KAFKA_PROPERTIES_REQUEST_TIMEOUT_MS", "1000"))
                .kafka(),
            why -> {});
    CountDownLatch checks = new CountDownLatch(2);
    silent.watch(
        () -> false,
        () -> {
          checks.countDown();
          throw new IllegalStateException("a bug");
        });
    try {
      assertThat(checks.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      silent.stop();
    }
  }

  /** Counts the runs of a step that stops the cluster and fails, and which is not thrown. */
  private int failsUntilStopped(RuntimeException failure) throws InterruptedException {
    int[] runs = {0};
    cluster.tryOn(
        "the cluster cannot be written to",
        () -> {
          runs[0]++;
          cluster.stop();
          throw failure;
        });
    return runs[0];
  }
}
