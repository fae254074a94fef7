package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service whose heap is full is gone soon, by the launcher's options, and the next one says so.
 */
final class OutOfMemoryIT {
  private static final String TOPIC = "signins";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration PROMISED = Duration.ofSeconds(10);

  /** In a build, other tests start services meanwhile, and the heap is full for longer. */
  private static final Duration BESIDE_OTHERS = Duration.ofSeconds(90);

  private static final int MESSAGES = 80;

  /** Exit code of a process that SIGABRT ended. */
  private static final int ABORTED = 134;

  private static final String LOGGING =
      " -XX:TieredStopAtLevel=1"
          + " -Dorg.slf4j.simpleLogger.logFile=System.err"
          + " -Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
          + " -Dorg.slf4j.simpleLogger.log.dev.lockstep=info";

  @TempDir Path folder;

  @Test
  void endsWithThree_andItsSuccessorSaysWhy() throws Exception {
    assertThat(secondsUntilItsEnd()).isLessThan((double) BESIDE_OTHERS.toSeconds());
  }

  @Test
  @Tag("long")
  void endsWithinThePromisedTime() throws Exception {
    assertThat(secondsUntilItsEnd()).isLessThan((double) PROMISED.toSeconds());
  }

  private double secondsUntilItsEnd() throws Exception {
    double seconds;
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"))) {
      broker.createTopic(TOPIC);
      Path log = folder.resolve("service.log");
      Path config = config(broker);
      try (ServiceProcess small = launch(config, log, "-Xmx64m")) {
        await("to be ready; " + log).atMost(TIMEOUT).until(small::isReady);
        sendMoreThanFits(broker);
        long start = System.nanoTime();
        await("its end").atMost(TIMEOUT).until(() -> !small.isAlive());
        seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("gone %.1f s after what does not fit was there%n", seconds);
        assertThat(small.log())
            .as("the fault landed")
            .contains("Terminating due to java.lang.OutOfMemoryError");
        // Java 17 ends by exit(), in which threads of native libraries may abort the process.
        assertThat(small.exitCode()).isIn(ExitCode.OUT_OF_MEMORY, ABORTED);
      }
      try (ServiceProcess large = launch(config, log, "-Xmx384m")) {
        await("to be ready; " + log).atMost(TIMEOUT).until(large::isReady);
        assertThat(large.log())
            .containsOnlyOnce("ended without a clean stop: it ran out of memory; raise the heap");
        large.terminate(TIMEOUT);
      }
      Path marker = folder.resolve("state/instance-0/running");
      assertThat(marker).as("after a clean stop").doesNotExist();
    }
    return seconds;
  }

  /** A fetch that is larger than the heap: nothing that could be read in parts. */
  private static void sendMoreThanFits(TestBroker broker) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        sent.add(producer.send(new ProducerRecord<>(TOPIC, 0, null, new byte[1_000_000])));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }

  /** Starts the service by the launcher, as in the image, with the test's classes. */
  private ServiceProcess launch(Path config, Path log, String heap) throws IOException {
    Path home = Files.createDirectories(folder.resolve("home"));
    Path launcher = home.resolve("lockstep");
    if (!Files.exists(launcher)) {
      Files.copy(Path.of("..", "lockstep"), launcher);
      assertThat(launcher.toFile().setExecutable(true)).isTrue();
    }
    Path jdk = folder.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Path release = Path.of(System.getProperty("java.home"), "release");
    if (!Files.exists(jdk.resolve("release"))) {
      Files.copy(release, jdk.resolve("release"));
    }
    Path java = jdk.resolve("bin/java");
    Files.writeString(
        java,
        """
        #!/usr/bin/env bash
        options=()
        while [ "$1" != -cp ]; do options+=("$1"); shift; done
        exec "%s" "${options[@]}" %s "${@:3}"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                String.join(" ", ClassArchive.options())));
    assertThat(java.toFile().setExecutable(true)).isTrue();
    return ServiceProcess.start(
        Map.of("JAVA_HOME", jdk.toString(), "LOCKSTEP_JAVA_OPTS", heap + LOGGING),
        List.of(launcher.toString(), "run", "--config", config.toString()),
        log);
  }

  private Path config(TestBroker broker) throws IOException {
    Path file = folder.resolve("lockstep.yaml");
    Files.writeString(
        file,
        """
        sources:
          - name: signins
            type: kafka
            bootstrapServers: "%1$s"
            topic: signins
            properties:
              fetch.min.bytes: "70000000"
              fetch.max.wait.ms: "3000"
              max.partition.fetch.bytes: "80000000"
              fetch.max.bytes: "80000000"
        kafka: {bootstrapServers: "%1$s", stateDir: state}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers()));
    return file;
  }
}
