package dev.lockstep.schemas.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials go from text, and ordinary text stays. */
final class SecretMaskTest {
  private static final String CANARY = "Canary7xK2";

  @BeforeEach
  @AfterEach
  void begin() {
    SecretMask.begin(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=Canary7xK2=",
        "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Canary7xK2==;Suffix=x",
        "https://a.blob.core.windows.net/c?sv=1&sig=Canary7xK2&se=2",
        "https://user:Canary7xK2@host/path",
        "amqps://Canary7xK2@host",
        "password=Canary7xK2",
        "password=nullCanary7xK2",
        "ssl.key.password = Canary7xK2",
        "{\"password\":\"Canary7xK2\"}",
        "{\"clientSecret\" : \"Canary7xK2\"}",
        "client_secret=Canary7xK2&grant_type=x",
        "Authorization: Bearer Canary7xK2",
        "Authorization: SharedAccessSignature sr=x&sig=Canary7xK2&se=1",
        "the header was bearer Canary7xK2",
        "eyJhbGciOiJub25lIn0.Canary7xK2.x",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=Canary7xK2 x",
        "sasl.jaas.config: required Canary7xK2",
        "password=\\\"Canary7xK2\\\"",
        "key Canary7xK2a9Q8zW4sX5eD6cR7fV8tG9bY0hN1u/ of the hub",
        "/var/lib/things/Canary7xK2a9Q8zW4sX5eD6cR7fV8tG9bY0hN1u",
        "x=Canary7xK2a9Q8zW4sX5eD6cR7fV8tG9bY0hN1u="
      })
  void hides_whatHasTheFormOfACredential(String text) {
    assertThat(SecretMask.of(text)).doesNotContain(CANARY).contains("(hidden)");
    assertThat(Quoted.of(text)).doesNotContain(CANARY);
    assertThat(Quoted.excerpt(text, 500)).doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"password\":\"a\\\"b-Canary7xK2\"}",
        "{\"password\":\"back\\\\slash-Canary7xK2\"}",
        "{\"password\":\"\\\"a\\\"b-Canary7xK2\"}",
        "{\"password\":\"it's-Canary7xK2\"}",
        "password='a\"b-Canary7xK2'",
        "\"{\\\"password\\\":\\\"a\\\\\\\"b-Canary7xK2\\\"}\"",
        "{\"\"password\"\":\"\"Canary7xK2\"\"}",
        "SharedAccessKey=abcdefgh\\/ij-Canary7xK2=;EntityPath=h",
        "password=back\\slash-Canary7xK2",
        "{\"Authorization\":\"Canary7xK2\"}"
      })
  void hides_theWholeOfAValueWithEscapes(String text) {
    assertThat(SecretMask.of(text)).doesNotContain(CANARY).contains("(hidden)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"password\":\"a\\\"b\\\\\",\"user\":\"Ada\"}",
        "\"{\\\"password\\\":\\\"a\\\\\\\"b\\\",\\\"user\\\":\\\"Ada\\\"}\"",
        "\"SharedAccessKey=a\\/b\\\", for Ada\"",
        "password='a\\'b' of Ada"
      })
  void leaves_whatFollowsAValueWithEscapes(String text) {
    assertThat(SecretMask.of(text)).contains("(hidden)", "Ada");
  }

  @Test
  void hides_theEscapedFormsOfAKnownValue() {
    SecretMask.hide("p\"q\\r/s ü", "${env:A}");
    assertThat(
            SecretMask.of(
                "[p\\\"q\\\\r/s ü] [p\\\"q\\\\r\\/s ü] [p%22q%5cr%2fs%20%c3%bc] [p%22q%5Cr%2Fs+%C3%BC]"))
        .isEqualTo("[${env:A}] [${env:A}] [${env:A}] [${env:A}]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "could not use the configuration: lockstep.yaml:3: sentinel.clientSecret is missing; set it to ${env:NAME} or ${file:PATH}",
        "password=${env:PASSWORD}",
        "{\"password\":null,\"user\":\"u\"}",
        "lockstep-detect-3f2a9c1e-77aa-4b2e-9c11-0a1b2c3d4e5f-StreamThread-1-restore-consumer",
        "KSTREAM-AGGREGATE-STATE-STORE-0000000003-repartition-0_12",
        "at org.apache.kafka.common.security.plain.PlainLoginModule.initialize(PlainLoginModule.java:40)",
        "/home/someone/Projects2026/SecurityTelemetry/Captures/2026/11/27/PT1H.json",
        "no detection 0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e",
        "11111111-2222-3333-4444-555555555555 used token abcDEF123ghiJKL456mnoP at 2026-11-27T11:45:21.123Z",
        "config = 5, design=good, https://contoso.servicebus.windows.net:9093/x@y",
        "dev.lockstep.app.cli.NetworksSuggestCommand$$Lambda/0x00007f2b3c4d5e6f"
      })
  void leaves_ordinaryText(String text) {
    assertThat(SecretMask.of(text)).isEqualTo(text);
  }

  @Test
  void shows_theReferenceForWhatCameThroughIt() {
    SecretMask.hide("plain words and Canary7xK2", "${env:HUB}");
    assertThat(SecretMask.of("no hub plain words and Canary7xK2!")).isEqualTo("no hub ${env:HUB}!");
    assertThat(SecretMask.of("q=plain+words+and+Canary7xK2")).isEqualTo("q=${env:HUB}");
  }

  @Test
  void hides_theLinesAndTheCredentialsOfAKnownValue() {
    SecretMask.hide("first line Canary\nEndpoint=sb://h/;SharedAccessKey=k3yk3yk3y", "${file:k}");
    assertThat(SecretMask.of("<first line Canary> (k3yk3yk3y)"))
        .isEqualTo("<${file:k}> (${file:k})");
  }

  @Test
  void leaves_shortValuesAndNumbers() {
    SecretMask.hide("true", "${env:A}");
    SecretMask.hide("9404", "${env:B}");
    assertThat(SecretMask.of("true at 9404")).isEqualTo("true at 9404");
  }

  @Test
  void forgets_whenAnotherConfigurationBegins() {
    SecretMask.hide("canary value", "${env:A}");
    SecretMask.begin(null);
    assertThat(SecretMask.of("a canary value")).isEqualTo("a canary value");
  }

  @Test
  void keeps_whatIsKnownOfAConfiguration_thatIsReadAgain() {
    SecretMask.begin("lockstep.yaml");
    SecretMask.hide("canary value", "${env:A}");
    SecretMask.begin("lockstep.yaml");
    assertThat(SecretMask.of("a canary value")).isEqualTo("a ${env:A}");
  }

  @Test
  void redacts_beforeItCuts() {
    String secret = "s3cret value of many characters";
    SecretMask.hide(secret, "${env:A}");
    assertThat(Quoted.excerpt("x".repeat(110) + secret, 120)).doesNotContain("s3cret");
  }
}
