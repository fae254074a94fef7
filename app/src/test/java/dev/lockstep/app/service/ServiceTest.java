package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.terminal.OperatorException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ServiceTest {
  @TempDir Path folder;

  @Test
  @Timeout(60)
  void doesNotWaitForACluster_withASettingThatNoClusterTakes() throws Exception {
    Config config =
        Config.read(
            null,
            Map.of(
                "LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "LOCKSTEP_KAFKA_STATE_DIR", folder.toString(),
                "LOCKSTEP_KAFKA_PROPERTIES_SECURITY_PROTOCOL", "NONE_SUCH"));
    try (Service service = new Service(config, Set.of(Service.Role.DETECT))) {
      assertThatThrownBy(service::start)
          .isInstanceOf(OperatorException.class)
          .hasMessageContaining("NONE_SUCH")
          .hasMessageEndingWith("fix kafka.properties");
    }
  }

  @Test
  void leavesNoMarkOfAnUncleanEnd_whenASourceCannotBeUsed() {
    Map<String, String> environment =
        Map.of(
            "LOCKSTEP_KAFKA_STATE_DIR",
            folder.toString(),
            "LOCKSTEP_SOURCES_HUB_TYPE",
            "event-hubs-kafka",
            "LOCKSTEP_SOURCES_HUB_HUB",
            "logs",
            "LOCKSTEP_SOURCES_HUB_AUTH",
            "connection-string",
            "LOCKSTEP_SOURCES_HUB_CONNECTION_STRING",
            "no connection string at all");
    Config config = Config.read(null, environment);
    assertThatThrownBy(() -> new Service(config, Set.of(Service.Role.INGEST)))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("could not use the source");
    assertThat(folder.resolve("instance-0").resolve(RunMarker.FILE)).doesNotExist();
    try (StateFolder next = StateFolder.take(folder)) {
      assertThat(next.path()).as("the folder is free").isEqualTo(folder.resolve("instance-0"));
    }
  }
}
