package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaFaultTest {
  private static KafkaFault refused(Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", "localhost:9093");
    try (Admin admin = Admin.create(settings)) {
      throw new AssertionError("a client was made: " + admin);
    } catch (KafkaException e) {
      return KafkaFault.of(e, settings, "check the login", "grant the right");
    }
  }

  @Test
  void aCertificateFileThatIsMissing_isLookedForWhereThePropertiesNameIt(@TempDir Path folder) {
    String file = folder.resolve("ca.pem").toString();
    KafkaFault fault =
        refused(
            Map.of(
                "security.protocol",
                "SSL",
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                file));
    assertThat(fault.what()).startsWith("localhost:9093 cannot be used: ").contains(file);
    assertThat(fault.fix())
        .isEqualTo(
            "check ssl.truststore.location and the other ssl properties; relative paths start from"
                + " the folder in which Lockstep was started");
  }

  @Test
  void aLoginThatCannotBeMade_hasTheFixOfTheCredential() {
    KafkaFault fault =
        refused(Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN"));
    assertThat(fault.fix()).isEqualTo("check the login");
  }
}
