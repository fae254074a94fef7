package dev.lockstep.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.terminal.OperatorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubPropertyCheckTest {
  @TempDir Path folder;

  private Config read(String properties) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            """
            sources:
              - name: hub
                type: event-hubs-kafka
                namespace: contoso.servicebus.windows.net
                hub: logs
                auth: client-secret
                tenantId: t
                clientId: c
                clientSecret: hunter2
                properties: {%s}
            """
                .formatted(properties));
    return Config.read(file, Map.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bootstrap.servers: 'evil.example:9093'|would send the hub's credential to another host",
        "bootstrap.servers: 'contoso.servicebus.windows.net:9093,evil.example:9093'|to another"
            + " host",
        "bootstrap.servers: 'contoso.servicebus.windows.net.evil.example:9093'|to another host",
        "bootstrap.servers: '127.0.0.1.evil.example:9093'|to another host",
        "bootstrap.servers: ''|is empty",
        "security.protocol: SASL_PLAINTEXT|is not SASL_SSL",
        "security.protocol: PLAINTEXT|is not SASL_SSL",
        "ssl.endpoint.identification.algorithm: ''|could go to any host",
        "bootstrap.servers: 'contoso.servicebus.windows.net:9093', security.protocol:"
            + " SASL_PLAINTEXT|is not SASL_SSL",
        "sasl.mechanism: PLAIN|because the key auth decides the login to the hub",
        "sasl.jaas.config: 'a required;'|because the key auth decides the login to the hub",
        "sasl.login.callback.handler.class: a.B|because the key auth decides the login to the hub",
        "sasl.login.class: a.B|because the key auth decides the login to the hub",
        "sasl.client.callback.handler.class: a.B|because the key auth decides the login to the hub",
        "sasl.oauthbearer.token.endpoint.url: 'https://evil.example/token'|because the key auth"
            + " decides the login to the hub",
        "sasl.lockstep.scope: x|because the key auth decides the login to the hub",
      })
  void refusesWhatSendsTheCredentialElsewhere(String properties, String message) {
    assertThatThrownBy(() -> read(properties))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("lockstep.yaml:10: sources[0].properties.")
        .hasMessageContaining(message)
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client.id: me, max.poll.records: 10",
        "bootstrap.servers: 'contoso.servicebus.windows.net:9093'",
        "bootstrap.servers: 'CONTOSO.servicebus.windows.net:9093'",
        "bootstrap.servers: '127.0.0.1:9093', security.protocol: SASL_PLAINTEXT",
        "sasl.login.refresh.min.period.seconds: 1, sasl.login.refresh.buffer.seconds: 0",
        "security.protocol: SASL_SSL, ssl.truststore.location: /etc/ca.p12",
        "security.protocol: sasl_ssl",
        "ssl.endpoint.identification.algorithm: HTTPS",
      })
  void takesTheRest(String properties) throws IOException {
    assertThat(read(properties).sources()).hasSize(1);
  }

  @Test
  void refusesAVariableToo() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("lockstep.yaml"),
            "sources: [{name: hub, type: event-hubs-kafka, namespace:"
                + " contoso.servicebus.windows.net, hub: logs, auth: managed-identity}]\n");
    assertThatThrownBy(
            () ->
                Config.read(
                    file,
                    Map.of("LOCKSTEP_SOURCES_HUB_PROPERTIES_BOOTSTRAP_SERVERS", "evil.example:1")))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("LOCKSTEP_SOURCES_HUB_PROPERTIES_BOOTSTRAP_SERVERS")
        .hasMessageContaining("to another host");
  }
}
