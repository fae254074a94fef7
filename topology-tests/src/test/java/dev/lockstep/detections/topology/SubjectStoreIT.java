package dev.lockstep.detections.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.service.ClassArchive;
import dev.lockstep.detections.topology.CountingProcess.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After a kill at any moment, the state that is restored is the one that the committed output was
 * made with, with and without the state folder.
 */
final class SubjectStoreIT {
  /**
   * Exit code of a process that SIGABRT ended. RocksDB's threads may abort a process that halts
   * while they work.
   */
  private static final int ABORTED = 134;

  private static final int PARTITIONS = 2;
  private static final int SUBJECTS = 60;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir Path folder;

  /**
   * Place of a kill.
   *
   * @param before how many sends or commits come before it
   */
  private record Kill(Fault fault, int before, boolean keepsFolder) {}

  @Test
  void restoresWhatWasCommitted_afterAKillRightAfterACommit_andAtOtherMoments() throws Exception {
    survive(
        List.of(
            new Kill(Fault.AFTER_COMMIT, 3, true),
            new Kill(Fault.AFTER_COMMIT, 2, false),
            new Kill(Fault.AT_SEND, 730, true),
            new Kill(Fault.BEFORE_COMMIT, 2, false)),
        8_000);
  }

  @Test
  @Tag("long")
  void restoresWhatWasCommitted_afterKillsAtRandomMoments() throws Exception {
    long seed = Long.getLong("lockstep.seed", 14);
    System.out.printf("seed %d%n", seed);
    Random random = new Random(seed);
    List<Fault> faults = List.of(Fault.AT_SEND, Fault.BEFORE_COMMIT, Fault.AFTER_COMMIT);
    List<Kill> kills = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      Fault fault = faults.get(random.nextInt(faults.size()));
      int before = fault == Fault.AT_SEND ? random.nextInt(2_000) : random.nextInt(8);
      kills.add(new Kill(fault, before, random.nextBoolean()));
    }
    survive(kills, 50_000);
  }

  private void survive(List<Kill> kills, int events) throws Exception {
    try (TestBroker broker = TestBroker.start(TestBroker.Kind.LOCAL, folder.resolve("broker"));
        Onlooker onlooker = new Onlooker(broker.bootstrapServers())) {
      send(broker.bootstrapServers(), events);
      Path state = Files.createDirectory(folder.resolve("state"));
      List<Path> found = new ArrayList<>();
      for (Kill kill : kills) {
        found.add(Files.createDirectory(folder.resolve("found-" + found.size())));
        Process process = start(broker, state, found.get(found.size() - 1), kill);
        try {
          assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
          process.destroyForcibly();
        }
        assertThat(log().lines().filter(line -> line.startsWith(CountingProcess.HALTS)))
            .as("kills that landed, %s the last; %s", kill, log())
            .hasSize(found.size());
        assertThat(process.exitValue()).as(log()).isIn(CountingProcess.HALTED, ABORTED);
        if (!kill.keepsFolder) {
          delete(state);
        }
      }
      found.add(Files.createDirectory(folder.resolve("found-" + found.size())));
      Process last =
          start(broker, state, found.get(found.size() - 1), new Kill(Fault.NEVER, 0, true));
      try {
        await("all to be counted")
            .atMost(TIMEOUT)
            .until(() -> onlooker.committed(CountingProcess.COUNTS).size() >= events);
      } finally {
        last.destroyForcibly();
        last.waitFor();
      }
      judge(found, onlooker.committed(CountingProcess.COUNTS), events);
    }
  }

  private static void judge(
      List<Path> found, List<ConsumerRecord<byte[], byte[]>> committed, int events)
      throws IOException {
    Map<Integer, List<ConsumerRecord<byte[], byte[]>>> counts =
        committed.stream().collect(Collectors.groupingBy(ConsumerRecord::partition));
    assertThat(committed).hasSize(events);
    assertThat(counts).hasSize(PARTITIONS);
    List<Integer> restored = new ArrayList<>();
    for (int run = 0; run < found.size(); run++) {
      for (Map.Entry<Integer, List<ConsumerRecord<byte[], byte[]>>> entry : counts.entrySet()) {
        Path file = found.get(run).resolve(Integer.toString(entry.getKey()));
        if (Files.exists(file)) { // a process may be killed before it has opened each of its stores
          List<String> lines = Files.readAllLines(file);
          int counted = counted(lines);
          restored.add(counted);
          assertThat(lines)
              .as("state that run %d found in partition %d", run, entry.getKey())
              .containsExactlyInAnyOrderElementsOf(stateAfter(entry.getValue(), counted));
        }
      }
    }
    assertThat(restored).as("events that the states found have counted").anyMatch(each -> each > 0);
    System.out.printf("states found after %s events%n", restored);
    counts.values().forEach(SubjectStoreIT::assertCountsOneByOne);
  }

  /** Returns how many events a state has counted: the last count of each subject, in all. */
  private static int counted(List<String> lines) {
    Map<String, Integer> last = new TreeMap<>();
    for (String line : lines) {
      String subject = line.substring(0, line.indexOf('/'));
      last.merge(subject, Integer.valueOf(line.substring(line.indexOf('=') + 1)), Math::max);
    }
    return last.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns the state that belongs to the first counts of a partition. */
  private static List<String> stateAfter(List<ConsumerRecord<byte[], byte[]>> counts, int first) {
    Map<String, Integer> last = new TreeMap<>();
    counts.subList(0, first).forEach(each -> last.put(text(each.key()), number(each.value())));
    List<String> lines = new ArrayList<>();
    last.forEach(
        (subject, count) ->
            CountingProcess.kept(count)
                .forEach((key, value) -> lines.add(subject + "/" + key + "=" + value)));
    return lines;
  }

  private static void assertCountsOneByOne(List<ConsumerRecord<byte[], byte[]>> counts) {
    Map<String, List<Integer>> bySubject =
        counts.stream()
            .collect(
                Collectors.groupingBy(
                    each -> text(each.key()),
                    Collectors.mapping(each -> number(each.value()), Collectors.toList())));
    bySubject.forEach(
        (subject, all) ->
            assertThat(all)
                .as("counts of %s", subject)
                .isEqualTo(IntStream.rangeClosed(1, all.size()).boxed().toList()));
  }

  private static void send(String bootstrapServers, int events) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    // Of several requests to a new partition the first may be refused and the second taken, and
    // then the first is out of order for ever.
    Map<String, Object> oneByOne =
        Map.of("bootstrap.servers", bootstrapServers, "max.in.flight.requests.per.connection", 1);
    try (Admin admin = Admin.create(settings);
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(oneByOne, new StringSerializer(), new StringSerializer())) {
      admin
          .createTopics(
              Stream.of(CountingProcess.EVENTS, CountingProcess.COUNTS)
                  .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                  .toList())
          .all()
          .get();
      List<Integer> all = new ArrayList<>(IntStream.range(0, events).boxed().toList());
      Collections.shuffle(all, new Random(events));
      for (int each : all) {
        var unused =
            producer.send(
                new ProducerRecord<>(CountingProcess.EVENTS, "subject-" + each % SUBJECTS, ""));
      }
      producer.flush();
    }
  }

  private Process start(TestBroker broker, Path state, Path found, Kill kill) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
    command.addAll(ClassArchive.optionsWithTests());
    command.addAll(
        List.of(
            CountingProcess.class.getName(),
            broker.bootstrapServers(),
            state.toString(),
            found.toString(),
            kill.fault.name(),
            Integer.toString(kill.before)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  private static void delete(Path state) throws IOException {
    try (Stream<Path> below = Files.walk(state)) {
      below
          .sorted(Comparator.reverseOrder())
          .filter(each -> !each.equals(state))
          .forEach(
              each -> {
                try {
                  Files.delete(each);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static int number(byte[] bytes) {
    return Integer.parseInt(text(bytes));
  }
}
