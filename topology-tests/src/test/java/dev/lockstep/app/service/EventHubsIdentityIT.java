package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.CalmBroker;
import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.kafka.PlayedTopic;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Reads a listener that asks for a token of Entra ID, by the identity of this machine: Azure's own
 * client asks a fake of the platform, and the broker checks signature, audience and expiry. The
 * tests wait for tokens to expire, and run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
final class EventHubsIdentityIT {
  private static final String NAMESPACE = "contoso.servicebus.windows.net";
  private static final String HUB = "insights-logs-signinlogs";
  private static final String PREFIX = "lockstep.";
  private static final String ALLOWED = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final int SESSION_MILLIS = 5_000;

  @TempDir Path folder;
  private FakeIdentityEndpoint identity;
  private LocalBroker broker;
  private Path log;

  @BeforeEach
  void start() throws Exception {
    log = folder.resolve("ingest.log");
    identity = FakeIdentityEndpoint.start(6);
    allow(identity.keysUrl());
    broker =
        LocalBroker.start(
            folder.resolve("broker"), 0, CalmBroker.with(settings()).withSasl("unused"));
    PlayedTopic.create(broker.bootstrapServers(), HUB, 4);
  }

  @AfterEach
  void stop() {
    broker.close();
    identity.close();
  }

  @AfterAll
  static void allowNone() {
    System.clearProperty(ALLOWED);
  }

  /** Lets the broker read keys at one more address, beside those of the other tests. */
  private static synchronized void allow(String url) {
    String others = System.getProperty(ALLOWED);
    System.setProperty(ALLOWED, others == null ? url : others + "," + url);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("sasl.enabled.mechanisms", "PLAIN,OAUTHBEARER");
    String listener = "listener.name.eventhubs.oauthbearer.";
    settings.put(
        listener + "sasl.jaas.config",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
    settings.put(
        listener + "sasl.server.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler");
    settings.put(listener + "sasl.oauthbearer.jwks.endpoint.url", identity.keysUrl());
    settings.put(listener + "sasl.oauthbearer.expected.audience", "https://" + NAMESPACE);
    settings.put(listener + "sasl.oauthbearer.expected.issuer", FakeIdentityEndpoint.ISSUER);
    settings.put(listener + "connections.max.reauth.ms", Integer.toString(SESSION_MILLIS));
    return settings;
  }

  @Test
  void readsOn_whileOneTokenAfterTheOtherExpires() throws Exception {
    try (Onlooker onlooker = new Onlooker(broker.bootstrapServers());
        ServiceProcess process = run(NAMESPACE)) {
      int sent = 0;
      long end = System.nanoTime() + TIMEOUT.multipliedBy(3).toNanos();
      while (identity.tokens().size() < 4) {
        assertThat(System.nanoTime() - end).as("four tokens in time; " + log).isNegative();
        SourceMessages.send(broker.bootstrapServers(), HUB, sent + 1, 100);
        sent += 100;
        await("every message to be read; " + log)
            .atMost(TIMEOUT)
            .until(() -> onlooker.isAtEnd(PREFIX, "hub", HUB));
      }
      await("the source to be ready; " + log).atMost(TIMEOUT).until(process::isReady);

      assertThat(ReadByHand.entries(onlooker.activities(PREFIX)))
          .isEqualTo(
              ReadByHand.of("hub", onlooker.committed(HUB), ReadByHand.BY_TIMESTAMP).entries());
      assertThat(process.log()).doesNotContain(identity.tokens().get(0), identity.tokens().get(1));
    }
  }

  @Test
  void saysThatTheCredentialIsRefused_whereATokenIsForAnotherNamespace() throws Exception {
    try (ServiceProcess process = run("fabrikam.servicebus.windows.net")) {
      await("a word about the credential; " + log)
          .atMost(TIMEOUT)
          .until(() -> process.log().contains("the broker refuses the credential"));

      assertThat(process.log())
          .contains("the role Azure Event Hubs Data Receiver", "this instance tries again")
          .doesNotContain(identity.tokens().get(0));
      assertThat(process.isReady()).isFalse();
      assertThat(process.isAlive()).isTrue();
    }
  }

  @Test
  void saysWhatAzureSaid_whereThereIsNoIdentity() throws Exception {
    identity.forget();
    try (ServiceProcess process = run(NAMESPACE)) {
      await("a word about the identity; " + log)
          .atMost(TIMEOUT)
          .until(() -> process.log().contains("could not get a token"));

      assertThat(process.log())
          .contains(
              "could not get a token by auth managed-identity for https://" + NAMESPACE,
              "give this machine a managed identity");
      assertThat(process.isAlive()).isTrue();
    }
  }

  private ServiceProcess run(String namespace) throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - name: hub
            type: event-hubs-kafka
            namespace: %s
            hub: %s
            auth: managed-identity
            properties:
              bootstrap.servers: "%s"
              security.protocol: SASL_PLAINTEXT
              sasl.login.refresh.min.period.seconds: 1
              sasl.login.refresh.buffer.seconds: 0
        kafka: {bootstrapServers: "%s"}
        metrics: {port: 0}
        """
            .formatted(namespace, HUB, broker.saslBootstrapServers(), broker.bootstrapServers()));
    return ServiceProcess.start(identity.variables(), file, log, "--role", "ingest");
  }
}
