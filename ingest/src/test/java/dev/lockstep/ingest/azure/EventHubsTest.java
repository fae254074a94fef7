package dev.lockstep.ingest.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.ingest.kafka.KafkaSourceConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventHubsTest {
  private static final String STRING =
      "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=s3cr\"et\\=;EntityPath=hub";

  @Test
  void readsTheNamespace_andQuotesTheCredential() {
    Map<String, Object> properties = EventHubs.kafkaProperties(STRING);
    assertThat(properties)
        .containsEntry("bootstrap.servers", "contoso.servicebus.windows.net:9093")
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry("metadata.max.age.ms", 180_000)
        .containsEntry("connections.max.idle.ms", 180_000)
        .containsEntry("request.timeout.ms", 60_000)
        .containsEntry("group.protocol", "classic")
        .containsEntry("enable.metrics.push", false)
        .containsEntry(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"$ConnectionString\" password=\""
                + STRING.replace("\\", "\\\\").replace("\"", "\\\"")
                + "\";");
  }

  @Test
  void asksForTokensOfTheNamespace_whereAnIdentityReads() {
    AzureIdentity identity = AzureIdentity.managed(null);
    Map<String, Object> properties =
        EventHubs.kafkaProperties("Contoso.servicebus.windows.net", identity);
    assertThat(properties)
        .containsEntry("bootstrap.servers", "Contoso.servicebus.windows.net:9093")
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "OAUTHBEARER")
        .containsEntry("sasl.login.callback.handler.class", AzureLogin.class)
        .containsEntry(AzureLogin.IDENTITY, identity)
        .containsEntry(AzureLogin.SCOPE, "https://contoso.servicebus.windows.net/.default")
        .containsAllEntriesOf(EventHubs.clientProperties());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Endpoint=https://contoso.servicebus.windows.net/;SharedAccessKeyName=l;SharedAccessKey=secret",
        "Endpoint=sb://;SharedAccessKeyName=l;SharedAccessKey=secret",
        "Endpoint=sb://a b/;SharedAccessKeyName=l;SharedAccessKey=secret",
        "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKey=secret",
        "Endpoint=sb://contoso.servicebus.windows.net/;SharedAccessKeyName=l;SharedAccessKey=",
        "secret"
      })
  void refusesWhatIsNoConnectionString_withoutRepeatingIt(String text) {
    assertThatThrownBy(() -> EventHubs.kafkaProperties(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("could not read the Event Hubs connection string: ")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"", "'", "\u201c"})
  void namesTheQuotesAroundAConnectionString(String quote) {
    assertThatThrownBy(() -> EventHubs.kafkaProperties(quote + STRING + quote + "\n"))
        .hasMessage(
            "could not read the Event Hubs connection string: it begins with a quotation mark;"
                + " remove the quotes around the value");
  }

  @Test
  void namesTheHubOfAConnectionString() {
    assertThat(EventHubs.hub(STRING + "\r\n")).isEqualTo("hub");
    assertThat(EventHubs.hub("Endpoint=sb://a.b/; entitypath = signins ;")).isEqualTo("signins");
    assertThat(EventHubs.hub("Endpoint=sb://a.b/;EntityPath=")).isNull();
    assertThat(EventHubs.hub("Endpoint=sb://a.b/;SharedAccessKeyName=l")).isNull();
  }

  @Test
  void printsNoProperties() {
    KafkaSourceConfig config =
        new KafkaSourceConfig("s", "t", EventHubs.kafkaProperties(STRING), false, "earliest");
    assertThat(config.toString()).isEqualTo("KafkaSourceConfig[name=s, topic=t]");
  }

  @Test
  void refusesAStartThatIsNone() {
    assertThatThrownBy(() -> new KafkaSourceConfig("s", "t", Map.of(), false, "yesterday"))
        .hasMessageStartingWith(
            "could not use the source \"s\": its key \"from\" has the value \"yesterday\"");
  }
}
