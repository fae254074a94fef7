package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.cli.PositionsCommand;
import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a listener that asks for a connection string as Event Hubs does. */
final class EventHubsLookAlikeIT {
  private static final String HUB = "insights-logs-signinlogs";
  private static final String PREFIX = "lockstep.";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final String RIGHT = connectionString("cmlnaHQ=");
  private static final String WRONG = connectionString("d3Jvbmc=");

  @TempDir Path folder;

  @Test
  void readsByConnectionString() throws Exception {
    try (LocalBroker broker = broker();
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      SourceMessages.send(broker.bootstrapServers(), HUB, 1, 300);
      Config config = Config.read(config(broker, RIGHT), Map.of());
      try (Service service = new Service(config, EnumSet.of(Service.Role.INGEST))) {
        service.start();
        await("every message to be read")
            .atMost(TIMEOUT)
            .until(() -> onlooker.isAtEnd(PREFIX, "hub", HUB));
        await("the source to be ready").atMost(TIMEOUT).until(() -> service.notReady().isEmpty());
      }
      assertThat(ReadByHand.entries(onlooker.activities(PREFIX)))
          .isNotEmpty()
          .isEqualTo(
              ReadByHand.of("hub", onlooker.committed(HUB), ReadByHand.BY_TIMESTAMP).entries());
    }
  }

  @Test
  void readsAPlainSource_byClientSettingsOfItsOwn() throws Exception {
    try (LocalBroker broker = broker();
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      SourceMessages.send(broker.bootstrapServers(), HUB, 1, 100);
      Path jaas = folder.resolve("jaas");
      Files.writeString(
          jaas,
          "org.apache.kafka.common.security.plain.PlainLoginModule required"
              + " username=\"$ConnectionString\" password=\"%s\";".formatted(RIGHT));
      Path file = folder.resolve("plain.yaml");
      Files.writeString(
          file,
          """
          sources:
            - name: plain
              type: kafka
              bootstrapServers: "%s"
              topic: %s
              properties:
                security.protocol: SASL_PLAINTEXT
                sasl.mechanism: PLAIN
                sasl.jaas.config: ${file:%s}
          kafka: {bootstrapServers: "%s"}
          """
              .formatted(broker.saslBootstrapServers(), HUB, jaas, broker.bootstrapServers()));
      Config config = Config.read(file, Map.of());
      assertThat(config.toString()).doesNotContain("SharedAccessKey");
      try (Service service = new Service(config, EnumSet.of(Service.Role.INGEST))) {
        service.start();
        await("every message to be read")
            .atMost(TIMEOUT)
            .until(() -> onlooker.isAtEnd(PREFIX, "plain", HUB));
      }
      assertThat(PositionsCommand.lines(config))
          .hasSize(4)
          .allMatch(line -> Long.valueOf(0).equals(line.left()));
    }
  }

  @Test
  void saysThatAPasswordIsWrong_andTriesOn() throws Exception {
    Path log = folder.resolve("ingest.log");
    try (LocalBroker broker = broker();
        ServiceProcess process =
            ServiceProcess.start(config(broker, WRONG), log, "--role", "ingest")) {
      await("a word about the password; " + log)
          .atMost(TIMEOUT)
          .until(() -> process.log().contains("cannot be read"));

      assertThat(process.log())
          .contains("SaslAuthenticationException", "this instance tries again")
          .doesNotContain("SharedAccessKey=", "d3Jvbmc");
      assertThat(process.isReady()).isFalse();
      assertThat(process.isAlive()).isTrue();
    }
  }

  private LocalBroker broker() {
    LocalBroker broker =
        LocalBroker.start(folder.resolve("broker"), 0, LocalBroker.Options.DEFAULT.withSasl(RIGHT));
    PlayedTopic.create(broker.bootstrapServers(), HUB, 4);
    return broker;
  }

  private static String connectionString(String key) {
    return "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey="
        + key;
  }

  private Path config(LocalBroker broker, String connectionString) throws IOException {
    Path secret = folder.resolve("connection-string");
    Files.writeString(secret, connectionString);
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - name: hub
            type: event-hubs-kafka
            namespace: contoso.servicebus.windows.net
            hub: %s
            auth: connection-string
            connectionString: ${file:%s}
            properties:
              bootstrap.servers: "%s"
              security.protocol: SASL_PLAINTEXT
        kafka: {bootstrapServers: "%s"}
        metrics: {port: 0}
        """
            .formatted(HUB, secret, broker.saslBootstrapServers(), broker.bootstrapServers()));
    return file;
  }
}
