package dev.lockstep.app.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LatestFindingsTest {
  /** Time of a stop that the roles do not need, so that the page may take it. */
  private static final Duration LEFT = Duration.ofSeconds(2);

  @Test
  @Timeout(60)
  void leavesTheServiceItsTimeToStop_whileTheClusterIsSilent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Config.Kafka kafka =
          Config.read(
                  null,
                  Map.of("LOCKSTEP_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + silent.getLocalPort()))
              .kafka();
      LatestFindings findings = LatestFindings.of(kafka);
      try (Socket reader = silent.accept()) { // which waits for an answer now
        assertThat(reader.isConnected()).isTrue();
        long start = System.nanoTime();
        findings.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEFT);
      }
    }
  }
}
