package dev.lockstep.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.schemas.text.SecretMask;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of a receiver, which may repeat the URL of its webhook, show none of its secrets. */
class SinkSecretsTest {
  private static void read(String url) {
    Config.read(
        null,
        Map.of(
            "LOCKSTEP_SINKS_SOAR_TYPE", "webhook",
            "LOCKSTEP_SINKS_SOAR_URL", url,
            "LOCKSTEP_SINKS_SOAR_SECRET", "sixteen characters"));
  }

  @AfterEach
  void forget() {
    SecretMask.begin(null);
  }

  @ParameterizedTest
  @CsvSource({
    "/services/T024BE7LD/hunter2hunter2hunter2, Cannot POST /services/T024BE7LD/hunter2hunter2hunter2",
    "/services/T024BE7LD/hunter2hunter2hunter2, no team T024BE7LD/hunter2hunter2hunter2",
    "/hooks/catch/hunter2hunter2hunter2/, unknown hook hunter2hunter2hunter2",
    "/hooks/a%40hunter2hunter2hunter2, unknown hook a@hunter2hunter2hunter2",
    "/in?code=hunter2hunter2hunter2&v=2, Cannot POST /in?code=hunter2hunter2hunter2&v=2",
    "/in?v=2&key=hunter2hunter2hunter2, the key hunter2hunter2hunter2 has expired",
  })
  void hidesWhatMayBeSecretOfAUrl(String path, String text) {
    read("https://soar.example" + path);
    assertThat(SecretMask.of(text)).contains("(hidden)").doesNotContain("hunter2hunter2hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/hook",
        "/lockstep",
        "/api/hook",
        "/in?v=2",
        "/hook?format=json",
        "/soc/lockstep-prod-1"
      })
  void leavesOrdinaryWords(String path) {
    read("https://soar.example" + path);
    String text = "/var/lib/lockstep/hook: could not write json to /api/v2/in of lockstep-prod-1";
    assertThat(SecretMask.of(text)).isEqualTo(text);
  }
}
