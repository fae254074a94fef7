package dev.lockstep.ingest.kafka;

import static dev.lockstep.ingest.message.Records.CALL;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.TargetClients;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.AlikeRange;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class DeadLetterRetryTest {
  private static final InstantSource CLOCK = () -> Instant.parse("2026-01-01T00:00:00Z");
  private static final KafkaTarget TARGET = new KafkaTarget(Map.of(), "lockstep.");
  private static final TopicPartition LETTERS = new TopicPartition(TARGET.deadLettersTopic(), 0);

  private static final long ARRIVAL = Instant.parse("2025-11-14T02:00:30Z").toEpochMilli();
  private static final String MANY = "[" + CALL + "," + CALL + "," + CALL + "]";

  private final SingleObject<DeadLetter> codec = new SingleObject<>(DeadLetter.getClassSchema());
  private final List<DeadLetter> letters = new ArrayList<>();
  private final FakeKafkaClients source = new FakeKafkaClients();

  /** Clients of a target whose topic of dead letters has the letters of the test. */
  private final class Clients implements TargetClients {
    @Override
    public Consumer<byte[], byte[]> positions(boolean committedOnly) {
      MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
      Node node = new Node(0, "localhost", 1);
      consumer.updatePartitions(
          LETTERS.topic(),
          List.of(new PartitionInfo(LETTERS.topic(), 0, node, new Node[0], new Node[0])));
      consumer.updateBeginningOffsets(Map.of(LETTERS, 0L));
      consumer.updateEndOffsets(Map.of(LETTERS, (long) letters.size()));
      consumer.schedulePollTask(
          () -> {
            long offset = 0;
            for (DeadLetter letter : letters) {
              consumer.addRecord(
                  new ConsumerRecord<>(
                      LETTERS.topic(), 0, offset++, new byte[0], codec.encode(letter)));
            }
          });
      return consumer;
    }

    @Override
    public Producer<byte[], byte[]> output(String transactionalId) {
      return source.output(transactionalId);
    }

    @Override
    public Producer<byte[], byte[]> announcements() {
      return source.announcements();
    }

    @Override
    public Consumer<byte[], byte[]> member(String group) {
      return source.member(group);
    }
  }

  @Test
  void goesOn_afterALetterWhoseBytesHoldNoRecord() {
    letters.add(letter("not-a-record", "[]"));
    letters.add(letter("unreadable", CALL));
    DeadLetterRetry.Result result = run();
    assertThat(result.letters()).isEqualTo(2);
    assertThat(result.remaining()).isEqualTo(1);
    assertThat(result.problems())
        .containsExactly(Map.entry("the dead letter's bytes hold no record", 1L));
  }

  @Test
  void saysOfLettersWithoutBytes_whatTheirRecordsLack() {
    letters.add(letter("no-id", ""));
    letters.add(letter("bad-time", ""));
    letters.add(letter("no-id", ""));
    letters.add(letter("not-json", "oops"));
    assertThat(run().problems())
        .containsOnly(
            Map.entry("the dead letter holds no bytes of the record to read again: no-id", 2L),
            Map.entry("the dead letter holds no bytes of the record to read again: bad-time", 1L),
            Map.entry("the record is rejected again: not-json", 1L));
  }

  @Test
  void says_forWhichReasonRecordsOfASourceAreRejectedAgain() {
    source.source.schedulePollTask(() -> source.add(0, "oops", 0));
    DeadLetter letter = letter("too-large", "");
    letter.setRange(new AlikeRange(0L, 0, 0L, 0, 1L));
    letters.add(letter);
    assertThat(run().problems())
        .containsExactly(Map.entry("every record is rejected again: not-json", 1L));
  }

  @Test
  void writesEveryRecord_ofAMessageThatWasTooLarge() {
    DeadLetter letter = letter("too-large", "x".repeat(1_000_000));
    letters.add(letter);
    source.source.schedulePollTask(() -> source.add(0, MANY, ARRIVAL));
    DeadLetterRetry.Result result = run();
    assertThat(result.counts().total().mapped()).isEqualTo(3);
    assertThat(result.remaining()).isZero();
  }

  @Test
  void writesEveryRecord_ofTheLastMessageOfARange_thatWasTooLarge() {
    DeadLetter letter = letter("too-large", "");
    letter.setRange(new AlikeRange(0L, 0, 1L, 0, 2L));
    letters.add(letter);
    source.source.schedulePollTask(
        () -> {
          source.add(0, MANY, ARRIVAL);
          source.add(1, MANY, ARRIVAL);
        });
    assertThat(run().counts().total().mapped()).isEqualTo(6);
  }

  @Test
  void ends_whereTheTargetDoesNotSayWhetherItCommitted() {
    DeadLetter letter = letter("too-large", "");
    letter.setRange(new AlikeRange(0L, 0, 0L, 0, 1L));
    letters.add(letter);
    source.source.schedulePollTask(() -> source.add(0, MANY, ARRIVAL));
    source.failCommitsAfter = 0;
    assertThatThrownBy(this::run).isInstanceOf(TimeoutException.class).hasMessage("no answer");
  }

  /** Kafka's producer refuses the commit of what it could not send, and lets it be aborted. */
  @Test
  void goesOn_afterALetterWhoseResultsTheTargetRefuses() {
    DeadLetter letter = letter("too-large", "");
    letter.setRange(new AlikeRange(0L, 0, 0L, 0, 1L));
    letters.add(letter);
    letters.add(letter("unreadable", CALL));
    source.source.schedulePollTask(() -> source.add(0, MANY, ARRIVAL));
    source.refusal =
        new KafkaException("an error state", new RecordTooLargeException("larger than allowed"));
    DeadLetterRetry.Result result = run();
    assertThat(result.letters()).isEqualTo(2);
    assertThat(result.remaining()).isEqualTo(1);
    assertThat(result.problems())
        .containsExactly(
            Map.entry("the source or the target cluster cannot be used: an error state", 1L));
    assertThat(result.counts().total().mapped()).isEqualTo(1);
  }

  @Test
  void writesTheOneRecord_thatWasRejectedForItself() {
    DeadLetter letter = letter("string-too-long", "");
    letter.setRange(new AlikeRange(0L, 1, 0L, 1, 1L));
    letters.add(letter);
    source.source.schedulePollTask(() -> source.add(0, MANY, ARRIVAL));
    assertThat(run().counts().total().mapped()).isEqualTo(1);
  }

  private static DeadLetter letter(String reason, String body) {
    Where where = Origin.offset("signins", FakeKafkaClients.SOURCE.topic(), 0, 0);
    return DeadLetter.newBuilder()
        .setReason(reason)
        .setDetail("")
        .setWhere(where)
        .setArrivalAt(0)
        .setBody(ByteBuffer.wrap(body.getBytes(UTF_8)))
        .build();
  }

  private DeadLetterRetry.Result run() {
    KafkaSourceConfig config =
        new KafkaSourceConfig(
            "signins", FakeKafkaClients.SOURCE.topic(), Map.of(), false, "earliest");
    return new DeadLetterRetry(
            new DeadLetterReader(TARGET, new Clients(), CLOCK),
            Limits.defaults(),
            RawFieldPlan::none,
            name -> config,
            any -> source.source,
            CLOCK)
        .run(entry -> true);
  }
}
