package dev.lockstep.ingest.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lockstep.app.broker.TestBroker;
import dev.lockstep.app.kafka.Onlooker;
import dev.lockstep.app.kafka.Topics;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.kafka.ReadByHand;
import dev.lockstep.ingest.kafka.SourceMessages;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Azure's own client reads a peer that speaks AMQP 1.0 as Event Hubs does. Most of the time that
 * client waits before it tries again, so the tests run side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
final class AmqpIngestIT {
  private static final String HUB = "signins";
  private static final int PARTITIONS = 3;
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final AmqpIngest.Pace PACE =
      new AmqpIngest.Pace(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(2));

  private final TestBroker broker = TestBroker.shared();
  private final String prefix = TestBroker.newPrefix();
  private Onlooker onlooker;
  private FakeEventHub hub;

  @BeforeEach
  void start() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      Topics.ensure(admin, prefix, 4, (short) 1);
    }
    onlooker = new Onlooker(broker.bootstrapServers());
    hub = FakeEventHub.start(HUB, PARTITIONS);
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
    onlooker.close();
    broker.deleteTopics(prefix);
  }

  @Test
  void readsAllOfEveryPartition_andGoesOnWhereItWas() throws Exception {
    fill(1, 500);
    IngestCounts counts = new IngestCounts();
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", counts)) {
      ingest.announce();
      new Thread(ingest, "first").start();
      awaitEnd();
      fill(501, 200);
      awaitEnd();
      await("the source to stand well")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().open() == PARTITIONS && ingest.status().reachable());
      assertThat(ingest.lags()).hasSize(PARTITIONS);
    }
    fill(701, 100);
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", counts)) {
      new Thread(ingest, "second").start();
      awaitEnd();
    }
    assertWrittenOnce();
    assertThat(counts.total().mapped())
        .isEqualTo(ReadByHand.of(HUB, hub.records(), ReadByHand.BY_TIMESTAMP).activities().size());
    assertThat(hub.tokens()).isPositive();
  }

  @Test
  void losesNothing_whereConnectionsAreCutAgainAndAgain() throws Exception {
    fill(1, 1_000);
    try (Cable cable = new Cable(hub.port());
        AmqpIngest ingest = ingest(cable.port(), "earliest", new IngestCounts())) {
      new Thread(ingest, "ingest").start();
      int sent = 1_000;
      for (int cut = 0; cut < 2; cut++) {
        long enough = onlooker.read(prefix, HUB) + 100;
        await("more to be read")
            .atMost(TIMEOUT)
            .until(
                () ->
                    cable.up() >= PARTITIONS
                        && onlooker.read(prefix, HUB) >= Math.min(enough, end()));
        assertThat(cable.cut()).as("connections that were cut").isPositive();
        fill(sent + 1, 300);
        sent += 300;
      }
      awaitEnd();
      await("the source to stand well again")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().open() == PARTITIONS && ingest.status().reachable());
    }
    assertWrittenOnce();
  }

  @Test
  void writesEachRecordOnce_whereTwoThatKnowNothingOfEachOtherReadTheSame() throws Exception {
    fill(1, 300);
    try (AmqpIngest one = ingest(hub.port(), "earliest", new IngestCounts());
        AmqpIngest other = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(one, "one").start();
      awaitEnd();
      new Thread(other, "other").start();
      await("one to take from the other").atMost(TIMEOUT).until(() -> hub.stolen() >= 4);
      fill(301, 300);
      awaitEnd();
      assertThat(List.of(one.status().problem(), other.status().problem()).toString())
          .contains("another reader of the same consumer group");
    }
    assertWrittenOnce();
  }

  @Test
  void sharesThePartitions_andTakesOverThoseOfOneThatIsGone() throws Exception {
    fill(1, 300);
    try (FakeBlobStorage blobs = FakeBlobStorage.start()) {
      AmqpSourceConfig.Checkpoints shared =
          new AmqpSourceConfig.Checkpoints(
              blobs.container(), new AmqpSourceConfig.ConnectionString(blobs.connectionString()));
      try (AmqpIngest one = ingest(hub.port(), "earliest", new IngestCounts(), shared)) {
        new Thread(one, "one").start();
        awaitEnd();
        try (AmqpIngest other = ingest(hub.port(), "earliest", new IngestCounts(), shared)) {
          new Thread(other, "other").start();
          await("the two to share the partitions")
              .atMost(TIMEOUT)
              .until(
                  () ->
                      one.status().open() > 0
                          && other.status().open() > 0
                          && one.status().open() + other.status().open() == PARTITIONS);
          fill(301, 300);
          awaitEnd();
          assertThat(one.status().problem() + other.status().problem()).isEmpty();
        }
        fill(601, 300);
        await("the one that is left to have all")
            .atMost(TIMEOUT)
            .until(() -> one.status().open() == PARTITIONS);
        awaitEnd();
      }
      assertThat(blobs.metadata("/ownership/", "ownerid")).hasSize(PARTITIONS);
      assertThat(blobs.metadata("/checkpoint/", "sequencenumber").values())
          .isNotEmpty()
          .allSatisfy(number -> assertThat(Long.parseLong(number)).isBetween(0L, 299L));
    }
    assertWrittenOnce();
  }

  @Test
  void movesItsPositions() throws Exception {
    fill(1, 90);
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", new IngestCounts())) {
      ingest.move("latest");
      new Thread(ingest, "ingest").start();
      fill(91, 30);
      awaitEnd();
    }
    assertThat(onlooker.activities(prefix))
        .hasSize(
            ReadByHand.of(
                    HUB,
                    hub.records().stream().filter(each -> each.offset() >= 30).toList(),
                    ReadByHand.BY_TIMESTAMP)
                .activities()
                .size());
  }

  @Test
  void movesItsPositionsToATime_underARunningReader() throws Exception {
    fill(1, 90);
    String time = SourceMessages.ARRIVAL.plusMillis(61).toString();
    try (AmqpIngest running = ingest(hub.port(), "earliest", new IngestCounts());
        AmqpIngest moving = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(running, "running").start();
      awaitEnd();
      int before = onlooker.activities(prefix).size();
      moving.move(time);
      await("what is behind the new positions to be read again")
          .atMost(TIMEOUT)
          .until(() -> onlooker.activities(prefix).size() > before);
      awaitEnd();
    }
  }

  @Test
  void reportsNoProblem_ofPartitionsWhosePositionIsMovedBack() throws Exception {
    fill(1, 90);
    Set<String> problems = ConcurrentHashMap.newKeySet();
    ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
    try (AmqpIngest running = ingest(hub.port(), "earliest", new IngestCounts());
        AmqpIngest moving = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(running, "running").start();
      awaitEnd();
      int before = onlooker.activities(prefix).size();
      looks.scheduleWithFixedDelay(
          () -> problems.add(running.status().problem()), 0, 5, TimeUnit.MILLISECONDS);
      for (int i = 0; i < 3; i++) {
        moving.move("earliest");
      }
      await("what is behind the new positions to be read again")
          .atMost(TIMEOUT)
          .until(() -> onlooker.activities(prefix).size() > before);
      awaitEnd();
      // A broker may answer a commit that meets the fencing with an unexpected error.
      assertThat(problems)
          .contains("")
          .allMatch(problem -> problem.isEmpty() || problem.contains("EndTxnResponse"));
    } finally {
      looks.shutdownNow();
    }
  }

  @Test
  void saysThatTheContainerIsRefused_notTheHub() throws Exception {
    fill(1, 60);
    try (FakeBlobStorage blobs = FakeBlobStorage.start()) {
      blobs.refuse(true);
      AmqpSourceConfig.Checkpoints shared =
          new AmqpSourceConfig.Checkpoints(
              blobs.container(), new AmqpSourceConfig.ConnectionString(blobs.connectionString()));
      try (AmqpIngest ingest = ingest(hub.port(), "earliest", new IngestCounts(), shared)) {
        new Thread(ingest, "ingest").start();
        await("the refusal to be said")
            .atMost(TIMEOUT)
            .until(() -> ingest.status().problem().contains("HTTP 403"));
        assertThat(ingest.status().problem())
            .contains("the container of checkpoints cannot be used")
            .contains("Storage Blob Data Contributor");
        blobs.refuse(false);
        awaitEnd();
        assertThat(ingest.status().problem()).isEmpty();
      }
    }
    assertWrittenOnce();
  }

  @Test
  void beginsWhereItIsTold() throws Exception {
    fill(1, 90);
    try (AmqpIngest ingest = ingest(hub.port(), "latest", new IngestCounts())) {
      new Thread(ingest, "latest").start();
      await("every partition to be open")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().open() == PARTITIONS);
      fill(91, 30);
      awaitEnd();
    }
    assertThat(ReadByHand.entries(onlooker.activities(prefix)))
        .isEqualTo(
            ReadByHand.of(
                    HUB,
                    hub.records().stream().filter(each -> each.offset() >= 30).toList(),
                    ReadByHand.BY_TIMESTAMP)
                .entries());
  }

  @Test
  void beginsAtATime() throws Exception {
    fill(1, 90);
    String time = SourceMessages.ARRIVAL.plusMillis(61).toString();
    try (AmqpIngest ingest = ingest(hub.port(), time, new IngestCounts())) {
      new Thread(ingest, "at-a-time").start();
      awaitEnd();
    }
    assertThat(ReadByHand.entries(onlooker.activities(prefix)))
        .isEqualTo(
            ReadByHand.of(
                    HUB,
                    hub.records().stream()
                        .filter(
                            each -> each.timestamp() >= SourceMessages.ARRIVAL.toEpochMilli() + 61)
                        .toList(),
                    ReadByHand.BY_TIMESTAMP)
                .entries());
  }

  @Test
  void saysThatTheCredentialIsRefused_andReadsOnceItIsTaken() throws Exception {
    fill(1, 60);
    hub.refuse(true);
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(ingest, "ingest").start();
      await("a word about the credential")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().problem().contains("the hub refuses the credential"));
      hub.refuse(false);
      awaitEnd();
      await("the source to stand well")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().open() == PARTITIONS && ingest.status().reachable());
    }
    assertWrittenOnce();
  }

  @Test
  void readsAPartition_forWhichTheHubLeftQueriesWithoutAnswer() throws Exception {
    fill(1, 60);
    hub.loseAnswers(2 * PARTITIONS);
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(ingest, "ingest").start();
      await("a word about the missing answer")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().problem().contains("the hub does not answer"));
      awaitEnd();
    }
    assertThat(hub.answersToLose()).as("answers that were not lost").isZero();
    assertWrittenOnce();
  }

  @Test
  void saysThatTheHubDoesNotAnswer_asLongAsItIsSilent() throws Exception {
    fill(1, 60);
    try (Cable cable = new Cable(hub.port());
        AmqpIngest ingest = ingest(cable.port(), "earliest", new IngestCounts())) {
      new Thread(ingest, "ingest").start();
      awaitEnd();
      await("the source to stand well").atMost(TIMEOUT).until(() -> ingest.status().reachable());
      cable.hold(true);
      await("a word about the silence")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().problem().contains("the hub does not answer"));
      assertThat(cable.up()).as("connections that are still up").isPositive();
      fill(61, 30);
      cable.hold(false);
      awaitEnd();
      await("the source to stand well again")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().open() == PARTITIONS && ingest.status().reachable());
    }
    assertWrittenOnce();
  }

  @Test
  void saysWhyTheTargetRefuses_untilItWrites() throws Exception {
    fill(1, 90);
    limitDeadLetters("100");
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(ingest, "ingest").start();
      await("the refusal to be said")
          .atMost(TIMEOUT)
          .until(() -> ingest.status().problem().contains("cannot be written to the target"));
      assertThat(ingest.status().problem())
          .contains("raise max.message.bytes of the topics " + prefix + "activity")
          .contains("larger than the max message size");
      limitDeadLetters("1048588");
      awaitEnd();
      await("the source to stand well").atMost(TIMEOUT).until(() -> ingest.status().reachable());
    }
    assertWrittenOnce();
  }

  private void limitDeadLetters(String bytes) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, prefix + "dead-letters"),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  @Test
  void countsWhatRetentionTook_whileNobodyRead() throws Exception {
    fill(1, 90);
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(ingest, "first").start();
      awaitEnd();
    }
    List<ConsumerRecord<byte[], byte[]>> read = hub.records();
    fill(91, 300);
    hub.expire(1, 100);
    List<ConsumerRecord<byte[], byte[]>> kept = hub.records();
    IngestCounts counts = new IngestCounts();
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", counts)) {
      new Thread(ingest, "second").start();
      awaitEnd();
    }
    assertThat(counts.losses().offsets()).isEqualTo(70);
    assertThat(counts.losses().since(0)).hasSize(1);
    assertThat(counts.losses().since(0).get(0).what()).contains("signins-1", "from 30 to 99");
    assertWrittenOnce(together(read, kept));
  }

  @Test
  void countsWhatRetentionTook_underARunningReader() throws Exception {
    fill(1, 90);
    IngestCounts counts = new IngestCounts();
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", counts)) {
      new Thread(ingest, "ingest").start();
      awaitEnd();
      List<ConsumerRecord<byte[], byte[]>> read = hub.records();
      for (int partition = 0; partition < PARTITIONS; partition++) {
        hub.addAndExpire(partition, 70, SourceMessages.ARRIVAL.toEpochMilli());
      }
      fill(91, 300);
      List<ConsumerRecord<byte[], byte[]>> kept = hub.records();
      awaitEnd();
      assertThat(counts.losses().offsets()).isEqualTo(3 * 70);
      assertThat(counts.losses().since(0))
          .hasSize(PARTITIONS)
          .allSatisfy(loss -> assertThat(loss.what()).contains("from 30 to 99"));
      assertWrittenOnce(together(read, kept));
    }
  }

  @Test
  void readsAllOfAHubThatWasMadeAnew_whileNobodyRead() throws Exception {
    fill(1, 300);
    try (AmqpIngest ingest = ingest(hub.port(), "earliest", new IngestCounts())) {
      new Thread(ingest, "first").start();
      awaitEnd();
    }
    List<ConsumerRecord<byte[], byte[]>> former = hub.records();
    hub.makeAnew();
    fill(1_001, 900);
    IngestCounts counts = new IngestCounts();
    try (AmqpIngest ingest = ingest(hub.port(), "latest", counts)) {
      new Thread(ingest, "second").start();
      awaitEnd();
    }
    assertThat(counts.losses().since(0))
        .hasSize(PARTITIONS)
        .allSatisfy(loss -> assertThat(loss.what()).contains("was deleted and created again"));
    assertWrittenOnce(together(former, hub.records()));
  }

  @Test
  void readsAllOfAHubThatIsMadeAnewUnderARunningReader() throws Exception {
    fill(1, 300);
    IngestCounts counts = new IngestCounts();
    try (Cable cable = new Cable(hub.port());
        AmqpIngest ingest = ingest(cable.port(), "earliest", counts)) {
      new Thread(ingest, "ingest").start();
      awaitEnd();
      List<ConsumerRecord<byte[], byte[]>> former = hub.records();
      hub.makeAnew();
      fill(1_001, 900);
      long grown = System.nanoTime();
      assertThat(cable.cut()).as("connections that were cut").isPositive();
      await("it to be told")
          .atMost(Duration.ofSeconds(30))
          .until(() -> counts.losses().since(0).size() == PARTITIONS);
      System.out.printf("hub made anew, told after %.1f s%n", (System.nanoTime() - grown) / 1e9);
      awaitEnd();
      assertThat(Set.copyOf(ReadByHand.entries(onlooker.activities(prefix))))
          .isEqualTo(Set.copyOf(together(former, hub.records()).entries()));
    }
  }

  private static ReadByHand together(
      List<ConsumerRecord<byte[], byte[]>> some, List<ConsumerRecord<byte[], byte[]>> more) {
    LinkedHashMap<String, ConsumerRecord<byte[], byte[]>> all = new LinkedHashMap<>();
    Stream.concat(some.stream(), more.stream())
        .forEach(
            each -> all.put(each.partition() + "/" + each.offset() + "/" + each.timestamp(), each));
    return ReadByHand.of(HUB, List.copyOf(all.values()), ReadByHand.BY_TIMESTAMP);
  }

  private void fill(int first, int count) {
    for (int number = first; number < first + count; number++) {
      hub.add(
          number % PARTITIONS,
          SourceMessages.message(number),
          SourceMessages.ARRIVAL.toEpochMilli() + number);
    }
  }

  private AmqpIngest ingest(int port, String from, IngestCounts counts) {
    return ingest(port, from, counts, null);
  }

  private AmqpIngest ingest(
      int port,
      String from,
      IngestCounts counts,
      AmqpSourceConfig.@Nullable Checkpoints checkpoints) {
    AmqpSourceConfig source =
        new AmqpSourceConfig(
            HUB,
            "127.0.0.1",
            HUB,
            AmqpSourceConfig.DEFAULT_GROUP,
            new AmqpSourceConfig.ConnectionString(FakeEventHub.connectionString(port)),
            checkpoints,
            false,
            null,
            from);
    return new AmqpIngest(
        source,
        PACE,
        new KafkaTarget(Map.of("bootstrap.servers", broker.bootstrapServers()), prefix),
        Limits.defaults(),
        RawFieldPlan::none,
        counts,
        InstantSource.system());
  }

  private void awaitEnd() {
    await("every event to be read")
        .atMost(TIMEOUT)
        .until(() -> onlooker.positions(prefix, HUB).equals(hub.ends()));
  }

  private long end() {
    return hub.ends().values().stream().mapToLong(Long::longValue).sum();
  }

  private void assertWrittenOnce() {
    assertWrittenOnce(ReadByHand.of(HUB, hub.records(), ReadByHand.BY_TIMESTAMP));
  }

  private void assertWrittenOnce(ReadByHand expected) {
    assertThat(expected.rejected()).isNotEmpty();
    expected.assertWrittenOnce(onlooker, prefix);
  }
}
