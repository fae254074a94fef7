package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After kill -9 of an instance, what comes then is detected again within 15 s. */
final class KilledInstanceIT {
  private static final String TOPIC = "signins";
  private static final String PREFIX = "lockstep.";
  private static final int USERS = 16;
  private static final int TIMES = 10;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration PROMISED = Duration.ofSeconds(15);

  /** Time for one kill in a build, which runs four other tests with services at the same time. */
  private static final Duration BESIDE_OTHERS = Duration.ofSeconds(45);

  @TempDir Path folder;

  @Test
  void detectsAgain_afterTheOnlyInstanceIsKilledAndStarted() throws Exception {
    assertThat(secondsOfTheOnlyOne(1)).allMatch(each -> each.compareTo(BESIDE_OTHERS) < 0);
  }

  @Test
  @Tag("long")
  void detectsAgain_afterTheOnlyInstanceIsKilledAndStarted_tenTimes() throws Exception {
    assertThat(secondsOfTheOnlyOne(TIMES)).allMatch(each -> each.compareTo(PROMISED) < 0);
  }

  @Test
  @Tag("long")
  void detectsAgain_afterOneOfTwoIsKilled_tenTimes() throws Exception {
    assertThat(secondsOfOneOfTwo(TIMES)).allMatch(each -> each.compareTo(PROMISED) < 0);
  }

  private List<Duration> secondsOfTheOnlyOne(int times) throws Exception {
    List<Duration> all = new ArrayList<>();
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"))) {
      broker.createTopic(TOPIC);
      Path config = config(broker, "only");
      Path log = folder.resolve("only.log");
      ServiceProcess running = ServiceProcess.start(config, log);
      try (Travellers travellers = new Travellers(broker.bootstrapServers(), TOPIC, PREFIX)) {
        awaitReady(running, log);
        travellers.detect(USERS, TIMEOUT);
        for (int i = 1; i <= times; i++) {
          long start = System.nanoTime();
          travellers.send(USERS); // so that the kill finds work under way
          running.kill();
          int said = running.log().length();
          running = ServiceProcess.start(config, log);
          travellers.detect(USERS, TIMEOUT);
          all.add(told(i, start));
          assertThat(running.log().substring(said))
              .as("the kill landed")
              .contains("ended without a clean stop: it was killed");
          assertThat(traces(running.log().substring(said))).as("lines of stack traces").isZero();
          awaitReady(running, log);
        }
      } finally {
        running.close();
      }
    }
    return all;
  }

  private List<Duration> secondsOfOneOfTwo(int times) throws Exception {
    List<Duration> all = new ArrayList<>();
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers());
        Travellers travellers = new Travellers(broker.bootstrapServers(), TOPIC, PREFIX)) {
      broker.createTopic(TOPIC);
      Path log = folder.resolve("one.log");
      try (ServiceProcess survivor =
          ServiceProcess.start(config(broker, "two"), folder.resolve("two.log"))) {
        awaitReady(survivor, folder.resolve("two.log"));
        for (int i = 1; i <= times; i++) {
          try (ServiceProcess one = ServiceProcess.start(config(broker, "one"), log)) {
            await("both to have work")
                .atMost(TIMEOUT)
                .until(() -> one.isReady() && survivor.isReady() && isShared(onlooker));
            travellers.detect(USERS, TIMEOUT);
            travellers.send(USERS);
            long start = System.nanoTime();
            one.kill();
            travellers.detect(USERS, TIMEOUT);
            all.add(told(i, start));
          }
        }
      }
    }
    return all;
  }

  private static Duration told(int number, long start) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.out.printf("kill %d: detects again after %.1f s%n", number, took.toMillis() / 1000.0);
    return took;
  }

  private static long traces(String log) {
    return log.lines().filter(line -> line.startsWith("\tat ")).count();
  }

  private static void awaitReady(ServiceProcess process, Path log) {
    await("to be ready; " + log).atMost(TIMEOUT).until(process::isReady);
  }

  /** Returns whether two instances have partitions of the source and tasks of the topology. */
  private static boolean isShared(Onlooker onlooker) {
    Map<String, Set<TopicPartition>> readers = onlooker.members(PREFIX + "ingest-" + TOPIC);
    Map<String, Set<TopicPartition>> threads = onlooker.members(PREFIX + "detect");
    return readers.size() == 2
        && readers.values().stream().noneMatch(Set::isEmpty)
        && threads.size() == 4
        && threads.values().stream().noneMatch(Set::isEmpty);
  }

  private Path config(TestBroker broker, String name) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        sources:
          - name: signins
            type: kafka
            bootstrapServers: "%1$s"
            topic: signins
            properties: {client.id: %2$s}
        kafka: {bootstrapServers: "%1$s", stateDir: state-%2$s}
        metrics: {port: 0}
        """
            .formatted(broker.bootstrapServers(), name));
    return file;
  }
}
