package dev.lockstep.ingest.capture;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.Bundled;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.file.Packed;
import dev.lockstep.ingest.kafka.FakeKafkaClients;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.FileRead;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureIngestTest {
  private static final TopicPartition TURN = new TopicPartition("lockstep.positions", 0);

  @TempDir Path folder;

  private long now = Instant.parse("2026-12-01T00:00:00Z").toEpochMilli();
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final IngestCounts counts = new IngestCounts();
  private final FakeKafkaClients clients = new FakeKafkaClients();
  private final MockConsumer<byte[], byte[]> member = clients.member("lockstep.ingest-old");
  private final ExclusiveReader exclusiveReader = new ExclusiveReader(member, TURN.topic());

  @Test
  void readsFilesInTheOrderOfTheirTime_notOfTheirNames() throws IOException {
    put("a/2026/11/21/10/00/00.jsonl", call(3));
    put("b/2026/11/20/10/00/00.jsonl", call(2));
    put("z-2026-11-19.jsonl", call(1));
    put("undated.jsonl", call(0)); // its call is of 2025
    step(ingest());
    assertThat(calls()).containsExactly("call-0", "call-1", "call-2", "call-3");
    assertThat(counts.total().read()).isEqualTo(4);
  }

  @Test
  void mergesFilesThatOverlap_byArrival() throws IOException {
    put("a.jsonl", at(1, "01:00") + "\n" + at(4, "04:00") + "\n" + at(5, "05:00"));
    put("b.jsonl", at(2, "02:00") + "\noops\n" + at(6, "06:00"));
    put("c.jsonl", at(3, "03:00"));
    put("d.jsonl", at(7, "07:00"));
    step(ingest());
    assertThat(calls())
        .containsExactly("call-1", "call-2", "call-3", "call-4", "call-5", "call-6", "call-7");
    assertThat(counts.total().rejected()).isEqualTo(1);
  }

  @Test
  void readsMoreFilesThanAreOpenAtOnce() throws IOException {
    for (int i = 0; i < 100; i++) {
      put("f" + i + ".jsonl", at(i, "01:00") + "\n" + at(1_000 + i, "02:00"));
    }
    step(ingest());
    assertThat(calls()).hasSize(200).doesNotHaveDuplicates();
    step(ingest());
    assertThat(calls()).isEmpty();
  }

  @Test
  void saysWhereARecordLies_andWhenItArrived() throws IOException {
    put("in/2026/11/20/a.jsonl", call(1) + "\n" + call(2));
    step(ingest());
    Activity second = activities().get(1);
    assertThat(second.getWhere().getSource()).isEqualTo("old");
    assertThat(second.getWhere().getFile()).isEqualTo("in/2026/11/20/a.jsonl");
    assertThat(second.getWhere().getPosition()).isEqualTo(2);
    assertThat(second.getWhere().getHub()).isNull();
    assertThat(second.getArrivalAt()).isEqualTo(Records.activity(call(2)).getArrivalAt());
  }

  @Test
  void goesOnBehindWhatIsCommitted_inANewProcess() throws IOException {
    put("2026/11/20/a.jsonl", call(1));
    step(ingest());
    put("2026/11/20/b.jsonl", call(2));
    step(ingest());
    assertThat(calls()).containsExactly("call-2");
    assertThat(counts.total().mapped()).isEqualTo(2);
  }

  @Test
  void findsFilesThatComeLater_alsoOnesThatAreOlder() throws IOException {
    CaptureIngest ingest = ingest();
    put("2026/11/20/b.jsonl", call(1));
    step(ingest);
    put("2026/11/20/a.jsonl", call(2));
    put("2026/11/19/a.jsonl", call(3));
    now += 60_000;
    step(ingest);
    assertThat(calls()).containsExactly("call-1", "call-3", "call-2");
  }

  @Test
  void readsWhatAFileHasGrownBy_andThatOnly() throws IOException {
    CaptureIngest ingest = ingest();
    put("2026/11/20/PT1H.json", call(1) + "\n");
    step(ingest);
    put("2026/11/20/PT1H.json", call(1) + "\n" + call(2) + "\n");
    now += 60_000;
    step(ingest);
    assertThat(calls()).containsExactly("call-1", "call-2");
    assertThat(position().getFiles().get(0).getEntries()).isEqualTo(2);
  }

  @Test
  void readsAFileFromItsStart_thatASmallerOneReplaced() throws IOException {
    put("2026/11/20/a.jsonl", call(1) + "\n" + call(2) + "\n");
    step(ingest());
    put("2026/11/20/a.jsonl", call(3) + "\n");
    now += 60_000;
    CaptureIngest ingest = ingest();
    step(ingest);
    assertThat(calls()).containsExactly("call-3");
    assertThat(position().getFiles().get(0).getEntries()).isEqualTo(1);
    now += 60_000;
    step(ingest);
    assertThat(calls()).containsExactly("call-3");
  }

  /** So does a rotation that copies a file, empties it and lets it grow again. */
  @Test
  void readsAFileFromItsStart_thatWasEmptyBetween() throws IOException {
    put("2026/11/20/a.jsonl", call(1) + "\n" + call(2) + "\n");
    step(ingest());
    put("2026/11/20/a.jsonl", "");
    now += 60_000;
    step(ingest());
    put("2026/11/20/a.jsonl", call(3) + "\n" + call(4) + "\n" + call(5) + "\n");
    now += 60_000;
    step(ingest());
    assertThat(calls()).containsExactly("call-3", "call-4", "call-5");
  }

  @Test
  void leavesAFileAlone_thatIsStillWrittenTo() throws IOException {
    CaptureIngest ingest = ingest();
    put("2026/11/20/a.jsonl", call(1));
    Files.setLastModifiedTime(
        folder.resolve("2026/11/20/a.jsonl"), FileTime.fromMillis(now - 4_999));
    step(ingest);
    assertThat(calls()).isEmpty();
    now += 600;
    step(ingest);
    assertThat(calls()).containsExactly("call-1");
  }

  @Test
  void writesALargeFileInSeveralBatches_andGoesOnWithinIt() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2_500; i++) {
      lines.append(call(i)).append('\n');
    }
    put("2026/11/20/a.jsonl", lines.toString());
    failAfterCommits(ingest(), 2); // the first is the clock
    List<FileRead> half = position().getFiles();
    assertThat(half).hasSize(1);
    assertThat(half.get(0).getEntries()).isEqualTo(1_000);
    assertThat(half.get(0).getBytes()).isEqualTo(-1);
    long before = counts.total().mapped();
    assertThat(before).isEqualTo(half.get(0).getEntries());
    step(ingest());
    assertThat(counts.total().mapped()).isEqualTo(2_500);
    assertThat(calls()).hasSize((int) (2_500 - before));
    assertThat(position().getFiles().get(0).getBytes()).isEqualTo(lines.length());
  }

  @Test
  void remembersThatAFileWasRead_whoseLastMessageFilledABatch() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      lines.append(call(i)).append('\n');
    }
    put("2026/11/20/a.jsonl", lines.toString());
    step(ingest());
    assertThat(position().getFiles())
        .containsExactly(new FileRead("/a.jsonl", 1_000L, (long) lines.length()));
    int stored = clients.committedPositions.size();
    step(ingest());
    assertThat(clients.committedPositions).hasSize(stored);
  }

  @Test
  void readsTheRest_ofAFileThatWasCutOffAtFirst() throws IOException {
    byte[] first = Packed.gzip(bytes(call(1) + "\n" + call(2) + "\n"));
    readsTheRest(Packed.join(first, Packed.gzip(bytes(call(3) + "\n"))), first.length + 5);
  }

  @Test
  void readsTheRest_ofAContainerThatWasCutOffAtFirst() throws IOException {
    byte[] events = Packed.join(Packed.event(call(2)), Packed.event(call(3)));
    byte[] whole =
        Packed.container(
            Packed.EVENT_DATA,
            "null",
            Packed.block(1, Packed.event(call(1))),
            Packed.block(2, events));
    readsTheRest(whole, whole.length - Packed.SYNC.length - 20);
  }

  private void readsTheRest(byte[] whole, int cutAt) throws IOException {
    CaptureIngest ingest = ingest();
    put("2026/11/20/a", Arrays.copyOf(whole, cutAt));
    step(ingest);
    assertThat(calls()).containsExactly("call-1", "call-2");
    assertThat(counts.rejectedByReason()).containsOnlyKeys("damaged-file");
    long before = counts.total().rejected();
    put("2026/11/20/a", whole);
    now += 60_000;
    step(ingest);
    assertThat(calls()).containsExactly("call-1", "call-2", "call-3");
    assertThat(counts.total().rejected()).isEqualTo(before);
  }

  @Test
  void keepsDamageAsDeadLetters_withTheFile() throws IOException {
    put("2026/11/20/a.jsonl", call(1) + "\noops\n" + SIGN_IN);
    put("2026/11/20/b.avro", "Obj\u0001 and nothing that follows");
    step(ingest());
    assertThat(counts.total()).isEqualTo(new IngestCounts.Totals(2, 0, 2, 0));
    SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());
    assertThat(
            history().stream()
                .filter(record -> record.topic().equals("lockstep.dead-letters"))
                .map(record -> codec.decode(record.value()))
                .map(
                    letter ->
                        letter.getReason()
                            + " "
                            + letter.getWhere().getSource()
                            + " "
                            + letter.getWhere().getFile()))
        .containsExactlyInAnyOrder(
            "not-json old 2026/11/20/a.jsonl", "damaged-file old 2026/11/20/b.avro");
  }

  @Test
  void leavesNoPosition_ofAFileThatHoldsNothing() throws IOException {
    put("2026/11/20/a.avro", "");
    CaptureIngest ingest = ingest();
    step(ingest);
    assertThat(clients.committedPositions).isEmpty();
    assertThat(ingest.lags()).containsExactly(new Ingest.Lag("capture", 0, 0));
  }

  @Test
  void readsNothing_whileItIsNotItsTurn() throws IOException {
    put("2026/11/20/a.jsonl", call(1));
    CaptureIngest ingest = ingest();
    ingest.step(exclusiveReader);
    assertThat(clients.producers).isEmpty();
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(0, 0, ""));
    step(ingest);
    assertThat(ingest.status().open()).isEqualTo(1);
    member.rebalance(List.of());
    ingest.step(exclusiveReader);
    assertThat(ingest.status().open()).isZero();
    assertThat(clients.last().closed()).isTrue();
  }

  @Test
  void saysThatItIsIdle_onceTheArchiveHasEnded() throws IOException {
    put("2026/11/20/a.jsonl", call(1));
    CaptureIngest ingest = ingest();
    step(ingest);
    now += 5_000;
    step(ingest);
    List<Activity> clocks =
        all().stream().filter(each -> each.getKind() == ActivityKind.CLOCK).toList();
    Activity last = clocks.get(clocks.size() - 1);
    assertThat(last.getIdleOrigin()).isTrue();
    assertThat(last.getArrivalAt()).isEqualTo(Records.activity(call(1)).getArrivalAt());
    assertThat(last.getEventAt()).isEqualTo(last.getArrivalAt() + 122 * 60_000);
  }

  @Test
  void says_thatTheFolderIsGone_andTriesOn() throws IOException {
    CaptureIngest ingest =
        new CaptureIngest(
            new CaptureSourceConfig("old", folder.resolve("none")),
            new KafkaTarget(Map.of(), "lockstep."),
            clients,
            Limits.defaults(),
            RawFieldPlan::none,
            counts,
            clock);
    step(ingest);
    assertThat(ingest.status().problem())
        .startsWith("the folder cannot be read (")
        .contains(folder.toString());
    put("none/2026/11/20/a.jsonl", call(1));
    now += 60_000;
    step(ingest);
    assertThat(ingest.status().problem()).isEmpty();
    assertThat(calls()).containsExactly("call-1");
  }

  @Test
  void says_whyTheTargetRefuses() {
    FakeKafkaClients refusing =
        new FakeKafkaClients() {
          @Override
          public MockConsumer<byte[], byte[]> member(String group) {
            MockConsumer<byte[], byte[]> assigned = super.member(group);
            assigned.schedulePollTask(() -> assigned.rebalance(List.of(TURN)));
            return assigned;
          }
        };
    CaptureIngest ingest = ingest(refusing);
    refusing.opening =
        () -> {
          ingest.close();
          throw new KafkaException("could not commit", new RecordTooLargeException("above 900"));
        };
    ingest.readUntilFailure();
    assertThat(ingest.status().problem())
        .startsWith("the target cannot be written to: a record for the target is too large")
        .endsWith("could not commit: above 900)");
  }

  @Test
  void isTroubledNoMore_onceItIsAnothersTurn() throws IOException {
    CaptureIngest ingest = ingest();
    step(ingest);
    Files.delete(folder);
    now += 60_000;
    step(ingest);
    assertThat(ingest.status().problem())
        .startsWith("the folder cannot be read (")
        .contains(folder.toString());
    member.rebalance(List.of());
    ingest.step(exclusiveReader);
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(0, 0, ""));
  }

  @Test
  void writesLargeDamagesInSeveralBatches() throws IOException {
    put(
        "2026/11/20/a.csv",
        "TimeGenerated,CorrelationId,ApiId\n" + ("x".repeat(900_000) + "\n").repeat(12));
    step(ingest());
    assertThat(counts.rejectedByReason()).containsEntry("damaged-row", 12L);
    assertThat(clients.last().commitCount()).isGreaterThan(3); // the first is the clock
  }

  @Test
  void moves_toTheBeginning_toTheEnd_andToADay() throws IOException {
    put("2026/11/19/23/a.jsonl", call(1));
    put("2026/11/20/01/a.jsonl", call(2));
    put("2026/11/21/00/a.jsonl", call(3));
    step(ingest());
    assertThat(calls()).hasSize(3);

    clients.refusal =
        new KafkaException("in a fatal state", new InvalidProducerEpochException("an old epoch"));
    ingest().move("earliest");
    assertThat(clients.refusal).as("the first attempt was fenced").isNull();
    step(ingest());
    assertThat(calls()).containsExactly("call-1", "call-2", "call-3");

    ingest().move("2026-11-20T15:00:00Z");
    step(ingest());
    assertThat(calls()).containsExactly("call-2", "call-3");

    ingest().move("latest");
    CaptureIngest last = ingest();
    step(last);
    assertThat(calls()).isEmpty();
    put("2026/11/21/01/a.jsonl", call(4));
    put("2026/11/21/00/a.jsonl", call(3) + "\n" + call(5));
    now += 60_000;
    step(last);
    assertThat(calls())
        .as("what has grown is read whole")
        .containsExactly("call-3", "call-5", "call-4");
  }

  private void failAfterCommits(CaptureIngest ingest, int commits) {
    clients.failCommitsAfter = commits;
    try {
      ingest.step(exclusiveReader());
      throw new AssertionError("no commit failed");
    } catch (KafkaException e) {
      assertThat(e).isInstanceOf(TimeoutException.class);
    } finally {
      clients.failCommitsAfter = Integer.MAX_VALUE;
    }
  }

  private CaptureIngest ingest() {
    return ingest(clients);
  }

  private CaptureIngest ingest(FakeKafkaClients clients) {
    return new CaptureIngest(
        new CaptureSourceConfig("old", folder),
        new KafkaTarget(Map.of(), "lockstep."),
        clients,
        Limits.defaults(),
        RawFieldPlan::none,
        counts,
        clock);
  }

  private ExclusiveReader exclusiveReader() {
    if (member.assignment().isEmpty()) {
      member.rebalance(List.of(TURN));
    }
    return exclusiveReader;
  }

  private void step(CaptureIngest ingest) {
    ingest.step(exclusiveReader());
  }

  private void put(String path, String text) throws IOException {
    put(path, bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void put(String path, byte[] content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    Files.setLastModifiedTime(file, FileTime.fromMillis(now - 3_600_000));
  }

  private static String call(int number) {
    return CALL.replace("call-1", "call-" + number).replace("\n", "");
  }

  private static String at(int number, String time) {
    return call(number).replace("T02:00:00.5000000Z", "T" + time + ":00Z");
  }

  private List<org.apache.kafka.clients.producer.ProducerRecord<byte[], byte[]>> history() {
    return clients.last().history();
  }

  private List<Activity> all() {
    return Bundled.activities(history());
  }

  private List<Activity> activities() {
    return all().stream().filter(each -> each.getKind() != ActivityKind.CLOCK).toList();
  }

  private List<String> calls() {
    return activities().stream().map(Activity::getEventId).toList();
  }

  private Position position() {
    return clients.position();
  }
}
