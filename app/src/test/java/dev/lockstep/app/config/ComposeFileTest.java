package dev.lockstep.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ComposeFileTest {
  private static final Path FILE = Path.of("..", "docker-compose.yml");

  @Test
  void setsOnlyVariablesThatAreRead_withoutAzure() throws IOException {
    Config config = Config.read(null, environment(Map.of()));
    assertThat(config.sources()).extracting(Config.Source::name).containsExactly("captured");
    assertThat(config.sentinel()).isNull();
    assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:9092");
    assertThat(config.kafka().replication()).isEqualTo((short) 1);
    assertThat(config.metrics()).isEqualTo(new Config.Metrics("0.0.0.0", 9404));
  }

  @Test
  void readsTheHubsAndForwards_withAzure() throws IOException {
    Config config =
        Config.read(
            null,
            environment(
                Map.of(
                    "EVENTHUBS_CONNECTION_STRING", "Endpoint=sb://x",
                    "SENTINEL_ENDPOINT", "https://x.ingest.monitor.azure.com",
                    "SENTINEL_RULE_ID", "dcr-1",
                    "AZURE_TENANT_ID", "t",
                    "AZURE_CLIENT_ID", "c",
                    "AZURE_CLIENT_SECRET", "s")));
    assertThat(config.sources())
        .extracting(Config.Source::name)
        .containsExactly("background", "captured", "gateway", "signins");
    Config.Sentinel sentinel = config.sentinel();
    assertThat(sentinel).isNotNull();
    assertThat(sentinel.auth()).isEqualTo(Config.Auth.CLIENT_SECRET);
  }

  @Test
  void showsTheMetricsOnLoopbackOnly() throws IOException {
    assertThat((List<?>) child(service(), "ports"))
        .isNotEmpty()
        .allSatisfy(port -> assertThat((String) port).startsWith("127.0.0.1:"));
  }

  @Test
  void letsTheServiceWriteNothingButItsState_andGivesItTimeToStop() throws IOException {
    assertThat(child(service(), "read_only")).isEqualTo(true);
    assertThat(child(service(), "cap_drop")).isEqualTo(List.of("ALL"));
    assertThat(child(service(), "security_opt")).isEqualTo(List.of("no-new-privileges:true"));
    assertThat(child(service(), "volumes"))
        .isEqualTo(List.of("lockstep-state:/var/lib/lockstep/state"));
    assertThat(child(service(), "tmpfs").toString()).contains("/tmp");
    assertThat(child(service(), "mem_limit")).isEqualTo("2g");
    assertThat(child(service(), "stop_grace_period")).isEqualTo("30s");
  }

  private static Map<String, String> environment(Map<String, String> dotEnv) throws IOException {
    Map<String, String> environment = new HashMap<>();
    ((Map<?, ?>) child(service(), "environment"))
        .forEach((key, value) -> environment.put((String) key, filled((String) value, dotEnv)));
    return environment;
  }

  private static Map<?, ?> service() throws IOException {
    Object file =
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(FILE, UTF_8));
    Map<?, ?> services = (Map<?, ?>) child(file, "services");
    return (Map<?, ?>) child(services, "lockstep");
  }

  private static Object child(@Nullable Object mapping, String key) {
    assertThat(mapping).isInstanceOf(Map.class);
    Object child = ((Map<?, ?>) mapping).get(key);
    assertThat(child).as(key).isNotNull();
    return child;
  }

  /** Fills in a value that is one whole ${NAME:-OTHERWISE} or ${NAME:+IF_SET}, as Compose does. */
  private static String filled(String value, Map<String, String> dotEnv) {
    if (!value.startsWith("${")) {
      return value;
    }
    int colon = value.indexOf(':');
    String set = dotEnv.getOrDefault(value.substring(2, colon), "");
    String word = value.substring(colon + 2, value.length() - 1);
    return switch (value.charAt(colon + 1)) {
      case '-' -> set.isEmpty() ? word : set;
      case '+' -> set.isEmpty() ? "" : word;
      default -> throw new IllegalArgumentException(value);
    };
  }
}
