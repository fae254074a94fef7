package dev.lockstep.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.AlikeRange;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Rejections alike in a row: a letter each, and from the 1,001st on one for their range. */
class AlikeRejectionsTest {
  private static final KafkaTarget TARGET = new KafkaTarget(Map.of(), "lockstep.");
  private static final long ARRIVAL = Instant.parse("2025-11-14T02:00:30Z").toEpochMilli();

  private long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final IngestCounts counts = new IngestCounts();
  private final FakeKafkaClients clients = new FakeKafkaClients();
  private long offset;

  @Test
  void gathersFromThe1001stOn_untilSomethingElseComes() {
    KafkaIngest ingest = started();
    broken(1500);
    ingest.step(clients.source);
    assertThat(letters()).hasSize(1000).allMatch(letter -> letter.getRange() == null);
    broken(700);
    ingest.step(clients.source);
    assertThat(letters()).hasSize(1000);
    clients.add(offset++, Records.CALL, ARRIVAL);
    ingest.step(clients.source);
    DeadLetter range = letters().get(1000);
    assertThat(range.getReason()).isEqualTo("not-json");
    assertThat(range.getRange()).isEqualTo(new AlikeRange(1000L, 0, 2199L, 0, 1200L));
    assertThat(range.getBody().remaining()).isZero();
    assertThat(letters()).hasSize(1001);
    assertThat(counts.rejectedByReason()).containsEntry("not-json", 2200L);
    broken(2);
    ingest.step(clients.source);
    assertThat(letters()).as("a new run has letters of its own").hasSize(1003);
  }

  @Test
  void tellsOfWhatIsGathered_onceNothingMoreComes() {
    KafkaIngest ingest = started();
    broken(1100);
    ingest.step(clients.source);
    now += Duration.ofSeconds(6).toMillis();
    ingest.step(clients.source);
    assertThat(letters()).hasSize(1001);
    assertThat(letters().get(1000).getRange().getRecords()).isEqualTo(100);
    now += Duration.ofSeconds(6).toMillis();
    ingest.step(clients.source);
    assertThat(letters()).as("once").hasSize(1001);
    broken(5);
    ingest.step(clients.source);
    now += Duration.ofSeconds(6).toMillis();
    ingest.step(clients.source);
    assertThat(letters()).as("the run goes on").hasSize(1002);
  }

  @Test
  void losesNothing_whereAnotherTakesOverInTheMiddle() {
    KafkaIngest ingest = started();
    broken(1300);
    ingest.step(clients.source);
    clients.source = clients.newSource();
    clients.source.updateEndOffsets(Map.of(FakeKafkaClients.SOURCE, 1300L));
    KafkaIngest second = started();
    broken(200);
    second.step(clients.source);
    clients.add(offset++, Records.CALL, ARRIVAL);
    second.step(clients.source);
    List<DeadLetter> ranges =
        letters().stream().filter(letter -> letter.getRange() != null).toList();
    assertThat(ranges).hasSize(1);
    assertThat(ranges.get(0).getRange()).isEqualTo(new AlikeRange(1000L, 0, 1499L, 0, 500L));
    assertThat(letters()).hasSize(1001);
  }

  @Test
  void losesNothing_whereTheTargetFailsInTheMiddle() {
    KafkaIngest ingest = started();
    broken(1200);
    ingest.step(clients.source);
    broken(100);
    ingest.step(clients.source);
    long before = offset;
    clients.last().commitTransactionException = new TimeoutException("no answer");
    broken(200);
    ingest.step(clients.source);
    now += Duration.ofSeconds(2).toMillis();
    offset = before;
    broken(200);
    ingest.step(clients.source);
    clients.add(offset++, Records.CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(ranges()).containsExactly(new AlikeRange(1000L, 0, 1499L, 0, 500L));
    assertThat(letters()).hasSize(1001);
  }

  @Test
  void losesNothing_whereTheLetterOfTheRangeCannotBeWrittenAtFirst() {
    KafkaIngest ingest = started();
    broken(1100);
    ingest.step(clients.source);
    ingest.step(clients.source);
    clients.last().commitTransactionException = new TimeoutException("no answer");
    now += Duration.ofSeconds(6).toMillis();
    ingest.step(clients.source);
    assertThat(ranges()).isEmpty();
    now += Duration.ofSeconds(2).toMillis();
    ingest.step(clients.source);
    now += Duration.ofSeconds(6).toMillis();
    ingest.step(clients.source);
    assertThat(ranges()).containsExactly(new AlikeRange(1000L, 0, 1099L, 0, 100L));
  }

  @Test
  void endsTheRange_whereAMoveSkipsOffsets_andGathersOnBehindThem() {
    KafkaIngest ingest = started();
    broken(1300);
    ingest.step(clients.source);
    clients.source = clients.newSource();
    clients.showPartitions();
    clients.source.updateEndOffsets(Map.of(FakeKafkaClients.SOURCE, 1800L));
    new KafkaIngest(
            new KafkaSourceConfig("src", "signins", Map.of(), false, "earliest"),
            TARGET,
            clients,
            Limits.defaults(),
            RawFieldPlan::none,
            counts,
            clock)
        .move("latest");
    assertThat(ranges()).containsExactly(new AlikeRange(1000L, 0, 1299L, 0, 300L));
    clients.source = clients.newSource();
    clients.source.updateEndOffsets(Map.of(FakeKafkaClients.SOURCE, 1800L));
    KafkaIngest second = started();
    offset = 1800;
    broken(200);
    second.step(clients.source);
    clients.add(offset++, Records.CALL, ARRIVAL);
    second.step(clients.source);
    assertThat(ranges())
        .containsExactly(
            new AlikeRange(1000L, 0, 1299L, 0, 300L), new AlikeRange(1800L, 0, 1999L, 0, 200L));
    assertThat(letters()).hasSize(1002);
  }

  private List<AlikeRange> ranges() {
    return letters().stream().map(DeadLetter::getRange).filter(Objects::nonNull).toList();
  }

  @Test
  void endsWithAnotherReason_andCountsRecordsWithinMessages() {
    KafkaIngest ingest = started();
    for (int i = 0; i < 30; i++) {
      clients.add(offset++, "{\"records\":[" + "1,".repeat(49) + "1]}", ARRIVAL);
    }
    clients.add(offset++, "{\"records\":[1,1,{\"category\":\"SignInLogs\"}]}", ARRIVAL);
    ingest.step(clients.source);
    DeadLetter range = letters().get(1000);
    assertThat(range.getRange()).isEqualTo(new AlikeRange(20L, 0, 30L, 1, 502L));
    assertThat(letters().get(1001).getReason()).isEqualTo("no-id");
  }

  private KafkaIngest started() {
    clients.showPartitions();
    KafkaIngest ingest =
        new KafkaIngest(
            new KafkaSourceConfig("src", "signins", Map.of(), false, "earliest"),
            TARGET,
            clients,
            Limits.defaults(),
            RawFieldPlan::none,
            counts,
            clock);
    ingest.subscribe(clients.source);
    clients.source.rebalance(List.of(FakeKafkaClients.SOURCE));
    ingest.step(clients.source);
    return ingest;
  }

  private void broken(int messages) {
    for (int i = 0; i < messages; i++) {
      clients.add(offset++, "{broken", ARRIVAL);
    }
  }

  /** Returns the letters that all writers committed. */
  private List<DeadLetter> letters() {
    SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());
    List<DeadLetter> letters = new ArrayList<>();
    for (MockProducer<byte[], byte[]> producer : clients.producers) {
      producer.history().stream()
          .filter(record -> record.topic().equals("lockstep.dead-letters"))
          .forEach(record -> letters.add(codec.decode(record.value())));
    }
    return letters;
  }
}
