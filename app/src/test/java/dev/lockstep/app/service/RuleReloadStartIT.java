package dev.lockstep.app.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.app.kafka.TopicAdmin;
import dev.lockstep.app.terminal.OperatorException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RuleReloadStartIT {
  private static final String TOPIC = "lockstep.rules";

  /** Other tests of this process have consumers as well. */
  private static final String CLIENT_ID = "reload-start";

  @TempDir Path folder;

  @Test
  void closesItsConsumer_whereTheStartFails() throws Exception {
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), "rules: {topic: true}\n");
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS);
        Producer<byte[], byte[]> producer = PlayedTopic.producer(broker.bootstrapServers())) {
      createTopic(broker.bootstrapServers());
      ProducerRecord<byte[], byte[]> damaged =
          new ProducerRecord<>(TOPIC, "0".getBytes(UTF_8), new byte[] {1});
      damaged.headers().add("hash", "h1".getBytes(UTF_8)).add("parts", "1".getBytes(UTF_8));
      producer.send(damaged).get();
      Config config =
          Config.read(
              file,
              Map.of(
                  "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
                  broker.bootstrapServers(),
                  "LOCKSTEP_KAFKA_PROPERTIES_CLIENT_ID",
                  CLIENT_ID));
      RuleReload reload = new RuleReload(config.rules(), config.kafka());
      assertThatThrownBy(reload::begin)
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("publish them again");
      assertThat(consumers()).isEmpty();
    }
  }

  /** Else detect would judge records without the published rules until it is closed. */
  @Test
  @Timeout(120)
  void startsNoRole_whereItIsStoppedBeforeTheRulesAreRead() throws Exception {
    Path file = Files.writeString(folder.resolve("lockstep.yaml"), "rules: {topic: true}\n");
    try (LocalBroker broker = LocalBroker.start(folder.resolve("broker"), 0, CalmBroker.OPTIONS)) {
      Map<String, String> settings =
          Map.of(
              "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS",
              broker.bootstrapServers(),
              "LOCKSTEP_KAFKA_REPLICATION",
              "1",
              "LOCKSTEP_KAFKA_STATE_DIR",
              folder.resolve("state").toString(),
              // a consumer refuses it, and an admin client does not
              "LOCKSTEP_KAFKA_PROPERTIES_INTERCEPTOR_CLASSES",
              "java.lang.String");
      Config config = Config.read(file, settings);
      try (Service service = new Service(config, Set.of(Service.Role.DETECT))) {
        FutureTask<@Nullable Void> start =
            new FutureTask<>(
                () -> {
                  service.start();
                  return null;
                });
        new Thread(start, "start").start();
        await("the start to wait for the rules")
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    start.isDone()
                        || service.notReady().stream()
                            .anyMatch(why -> why.contains("the published rules cannot be read")));
        service.stop();
        assertThat(start.get()).isNull();
      }
    }
  }

  private static void createTopic(String servers) throws Exception {
    NewTopic topic = new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin.createTopics(List.of(topic)).all().get();
      TopicAdmin.awaitLeaders(admin, List.of(topic));
    }
  }

  private static Set<ObjectName> consumers() throws MalformedObjectNameException {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("kafka.consumer:type=app-info,id=" + CLIENT_ID), null);
  }
}
