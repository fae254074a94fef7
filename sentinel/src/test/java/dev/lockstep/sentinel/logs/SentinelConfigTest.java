package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentinelConfigTest {
  private static SentinelConfig to(String endpoint) {
    return SentinelConfig.of(URI.create(endpoint), "dcr-0a1b", "Custom-LockstepDetections_CL");
  }

  @Test
  void namesTheUploadsOfItsStream() {
    assertThat(
            to("HTTPS://lockstep-x1.westeurope-1.ingest.monitor.azure.com/")
                .uploads("Custom-LockstepDetections_CL"))
        .hasToString(
            "https://lockstep-x1.westeurope-1.ingest.monitor.azure.com/dataCollectionRules/dcr-0a1b"
                + "/streams/Custom-LockstepDetections_CL?api-version=2023-01-01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080",
        "http://127.1.2.3",
        "http://localhost",
        "http://[::1]:80"
      })
  void takesHttpOnThisMachine(String endpoint) {
    assertThatCode(() -> to(endpoint)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://ingest.example.com",
        "http://127.evil.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "http://[2001:db8::1]"
      })
  void refusesHttpElsewhere(String endpoint) {
    assertThatThrownBy(() -> to(endpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(endpoint)
        .hasMessageContaining("use https");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ingest.example.com",
        "https:opaque",
        "ftp://ingest.example.com",
        "https://user:secret@ingest.example.com",
        "https://ingest.example.com/path",
        "https://ingest.example.com?x=1",
        "https://ingest.example.com#x",
        "https://ingest.example.com:0",
        "https://ingest.example.com:70000"
      })
  void refusesWhatIsNoBareHost(String endpoint) {
    assertThatThrownBy(() -> to(endpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sentinel.endpoint");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "dcr/../x", "dcr x", "dcr?x", "dcr\u202E"})
  void refusesNamesThatWouldChangeThePath(String name) {
    URI endpoint = URI.create("https://x.ingest.monitor.azure.com");
    assertThatThrownBy(() -> SentinelConfig.of(endpoint, name, "Custom-A_CL"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sentinel.ruleId")
        .hasMessageNotContaining("\u202E");
    assertThatThrownBy(() -> SentinelConfig.of(endpoint, "dcr-1", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sentinel.stream");
  }

  @Test
  void refusesATimeThatWouldSpin() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(
            () ->
                to("https://x.ingest.monitor.azure.com")
                    .withTimeouts(second, Duration.ofSeconds(-1)))
        .hasMessageContaining("requestTimeout");
  }
}
