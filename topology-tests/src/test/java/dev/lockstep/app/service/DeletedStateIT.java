package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A state folder that is deleted under a running service. If the service is then given tasks of
 * another instance, it cannot make their folders, so it ends at once with the reason, and its next
 * start goes on. If it is stopped, it stops as any other.
 */
final class DeletedStateIT {
  private static final int USERS = 12;
  private static final Duration TIMEOUT = Duration.ofSeconds(150);

  @TempDir Path folder;

  @Test
  @Tag("long")
  void endsWithTheReason_onceATaskNeedsTheFolder_andTheNextStartGoesOn() throws Exception {
    TestBroker broker = TestBroker.shared();
    String prefix = TestBroker.newPrefix();
    String signIns = prefix + "signins";
    broker.createTopic(signIns);
    Path log = folder.resolve("service.log");
    ServiceProcess running = ServiceProcess.start(config(broker, prefix, "state"), log);
    try (Travellers travellers = new Travellers(broker.bootstrapServers(), signIns, prefix)) {
      await("to be ready; " + log).atMost(TIMEOUT).until(running::isReady);
      try (ServiceProcess other =
          ServiceProcess.start(config(broker, prefix, "other"), folder.resolve("other.log"))) {
        await("both to be ready").atMost(TIMEOUT).until(other::isReady);
        travellers.detect(USERS, TIMEOUT);
        delete(folder.resolve("state"));
        other.kill();
      }
      await("its end; " + log).atMost(TIMEOUT).until(() -> !running.isAlive());
      assertThat(running.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(running.log())
          .doesNotContain("failed, and Kafka Streams replaces it")
          .satisfies(
              text ->
                  assertThat(text.lines())
                      .filteredOn(line -> line.startsWith("could not continue detect: "))
                      .singleElement()
                      .asString()
                      .contains("files of the state folder", "are gone", "restart this instance"));
      try (ServiceProcess again = ServiceProcess.start(config(broker, prefix, "state"), log)) {
        await("to be ready again; " + log).atMost(TIMEOUT).until(again::isReady);
        travellers.detect(USERS, TIMEOUT);
      }
    } finally {
      running.close();
      broker.deleteTopics(prefix);
    }
  }

  @Test
  void reportsThatTheFolderOfKafkaStreamsIsGone_andStopsInTime() throws Exception {
    TestBroker broker = TestBroker.shared();
    String prefix = TestBroker.newPrefix();
    String signIns = prefix + "signins";
    broker.createTopic(signIns);
    Path log = folder.resolve("service.log");
    try (ServiceProcess running = ServiceProcess.start(config(broker, prefix, "state"), log);
        Travellers travellers = new Travellers(broker.bootstrapServers(), signIns, prefix)) {
      await("to be ready; " + log).atMost(TIMEOUT).until(running::isReady);
      travellers.detect(USERS, TIMEOUT);
      Path streams = folder.resolve("state/instance-0/" + prefix + "detect");
      delete(streams);
      await("to be degraded; " + log)
          .atMost(TIMEOUT)
          .until(
              () -> {
                HttpResponse<String> answer = running.ask("/health/ready");
                return answer != null
                    && answer.body().contains("\"degraded\"")
                    && answer.body().contains(streams.toString());
              });
      await("the log; " + log)
          .atMost(TIMEOUT)
          .until(() -> running.log().contains("files of the state folder \"" + streams + "\""));
      running.terminate(TIMEOUT);
      assertThat(running.exitCode()).isEqualTo(128 + 15);
      assertThat(running.log()).doesNotContain("did not stop within");
    } finally {
      broker.deleteTopics(prefix);
    }
  }

  private static void delete(Path deleted) throws IOException {
    try (Stream<Path> walked = Files.walk(deleted)) {
      List<Path> below = walked.sorted(Comparator.reverseOrder()).toList();
      for (Path each : below) {
        Files.deleteIfExists(each);
      }
    }
  }

  private Path config(TestBroker broker, String prefix, String stateDir) throws IOException {
    Path file = folder.resolve(stateDir + ".yaml");
    Files.writeString(
        file,
        """
        sources:
          - {name: signins, type: kafka, bootstrapServers: "%1$s", topic: "%2$ssignins"}
        kafka: {bootstrapServers: "%1$s", stateDir: %3$s, topicPrefix: "%2$s"}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers(), prefix, stateDir));
    return file;
  }
}
