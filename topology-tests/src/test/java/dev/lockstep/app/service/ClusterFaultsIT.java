package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.LocalBroker;
import dev.lockstep.app.kafka.PlayedTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that dies under a running service: ready says so, and it goes on with the broker. */
final class ClusterFaultsIT {
  private static final String TOPIC = "signins";
  private static final int USERS = 12;
  private static final Duration TIMEOUT = Duration.ofSeconds(150);
  private static final Duration PROMISED = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void saysThatTheBrokerIsGone_andGoesOnWithoutARestart() throws Exception {
    LocalBroker broker =
        LocalBroker.start(folder.resolve("broker"), 0, LocalBroker.Options.DEFAULT);
    String servers = broker.bootstrapServers();
    Path log = folder.resolve("service.log");
    try {
      PlayedTopic.create(servers, TOPIC, 4);
      try (ServiceProcess running = ServiceProcess.start(config(servers), log);
          Travellers travellers = new Travellers(servers, TOPIC, "lockstep.")) {
        await("to be ready; " + log).atMost(TIMEOUT).until(running::isReady);
        travellers.detect(USERS, TIMEOUT);
        long start = System.nanoTime();
        broker.close();
        await("the reason; " + log)
            .atMost(TIMEOUT)
            .until(
                () ->
                    running
                        .notReady()
                        .startsWith(
                            "{\"status\":\"not-ready\",\"reasons\":[\"the cluster at"
                                + " kafka.bootstrapServers"));
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%.1f s until ready said it%n", seconds);
        assertThat(seconds).isLessThan((double) PROMISED.toSeconds());
        assertThat(running.notReady()).doesNotContain("REBALANCING", "detect:");
        assertThat(running.isLive()).isTrue();

        int port = Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
        broker = LocalBroker.start(folder.resolve("broker"), port, LocalBroker.Options.DEFAULT);
        await("to be ready again; " + log).atMost(TIMEOUT).until(running::isReady);
        travellers.detect(USERS, TIMEOUT);
        assertThat(running.isAlive()).isTrue();
      }
    } finally {
      broker.close();
    }
  }

  private Path config(String servers) throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - {name: signins, type: kafka, bootstrapServers: "%1$s", topic: signins}
        kafka: {bootstrapServers: "%1$s", stateDir: state}
        metrics: {port: 0}
        """
            .formatted(servers));
    return file;
  }
}
