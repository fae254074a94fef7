package dev.lockstep.ingest.kafka;

import static dev.lockstep.ingest.message.Records.CALL;
import static dev.lockstep.ingest.message.Records.SIGN_IN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.ingest.cluster.Bundled;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.Records;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Losses;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.SingleObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaIngestTest {
  private static final String NO_ANSWER =
      "the source does not answer; check that its brokers are up, and check the network to"
          + " them and the property security.protocol of the source";
  private static final TopicPartition SOURCE = FakeKafkaClients.SOURCE;
  private static final KafkaTarget TARGET = new KafkaTarget(Map.of(), "lockstep.");
  private static final long ARRIVAL = Instant.parse("2025-11-14T02:00:30Z").toEpochMilli();

  private static final String POSITION_OF_BEFORE = "wwHpzSkB2F01rAZzcmMOc2lnbmlucwAKAAAAAA==";

  private long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);
  private final IngestCounts counts = new IngestCounts();
  private final FakeKafkaClients clients = new FakeKafkaClients();

  @Test
  void writesWhatABatchGives_andItsPosition_inOneTransaction() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, "{\"records\":[" + SIGN_IN + ",oops,{\"category\":\"X\"}]}", ARRIVAL);
    clients.add(1, CALL, ARRIVAL + 1000);
    MockProducer<byte[], byte[]> producer = clients.last();
    producer.clear();
    ingest.step(clients.source);

    assertThat(producer.commitCount()).isEqualTo(2); // the first was the clock at assignment
    assertThat(topics(producer.history()))
        .containsExactly(
            "lockstep.dead-letters",
            "lockstep.activity",
            "lockstep.activity",
            "lockstep.positions");
    List<Activity> activities = activities(producer);
    assertThat(activities.stream().map(Activity::getKind))
        .as("each partition has one record, with its clock behind its activities")
        .containsExactly(
            ActivityKind.SIGN_IN, ActivityKind.CLOCK, ActivityKind.API_CALL, ActivityKind.CLOCK);
    assertThat(activities.get(0).getArrivalAt()).isEqualTo(ARRIVAL);
    assertThat(activities.get(0).getWhere()).isEqualTo(Origin.offset("src", "signins", 0, 0));
    assertThat(activities.get(3).getArrivalAt()).isEqualTo(ARRIVAL + 1000);
    DeadLetter letter =
        new SingleObject<DeadLetter>(DeadLetter.getClassSchema())
            .decode(producer.history().get(0).value());
    assertThat(Records.body(letter)).isEqualTo("oops");
    assertThat(clients.position().getNextOffset()).isEqualTo(2);
    assertThat(clients.position().getClockAt()).isEqualTo(ARRIVAL + 1000);
    assertThat(counts.total()).isEqualTo(new IngestCounts.Totals(2, 1, 1, 0));
    assertThat(ingest.status().open()).isEqualTo(1);
  }

  @Test
  void tellsEveryActivityPartitionTheClock_beforeAnythingIsRead() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    assertThat(activities(clients.last()))
        .hasSize(2)
        .allSatisfy(
            activity -> {
              assertThat(activity.getKind()).isEqualTo(ActivityKind.CLOCK);
              assertThat(activity.getArrivalAt()).isZero();
              assertThat(activity.getWhere().getHub()).isEqualTo("signins");
            });
    assertThat(clients.last().history().stream().map(ProducerRecord::partition))
        .as("and the position, by its key")
        .containsExactly(0, 1, null);
  }

  @Test
  void fencesFirst_andReadsThePositionThen() {
    ingest(false, "earliest").step(clients.source);
    assertThat(clients.events)
        .containsExactly(
            "opened lockstep.ingest-src/signins/0",
            "fenced",
            "positions, open ones too",
            "positions, committed");
  }

  /** Reads two calls with an ingest of its own. */
  private void readsTwo() {
    KafkaIngest first = ingest(false, "earliest");
    first.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    clients.add(1, CALL, ARRIVAL);
    first.step(clients.source);
  }

  @Test
  void goesOnWhereItWas_withItsClock() {
    readsTwo();
    clients.source = clients.newSource();
    KafkaIngest second = ingest(false, "earliest");
    second.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(2);
    assertThat(activities(clients.last()).get(0).getArrivalAt()).isEqualTo(ARRIVAL);
  }

  @Test
  void beginsAgain_whereATopicWasMadeAnew() {
    readsTwo();
    clients.source = clients.newSource();
    clients.source.updateEndOffsets(Map.of(SOURCE, 1L));
    ingest(false, "latest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).isZero();
  }

  @Test
  void beginsAtTheEnd_whereThatIsWanted() {
    KafkaIngest ingest = ingest(false, "latest");
    ingest.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(1000);
  }

  @Test
  void beginsAtTheFirstRecord_whereATimeBefore1970IsWanted() {
    clients.source.updateBeginningOffsets(Map.of(SOURCE, 7L));
    ingest(false, "1960-01-01T00:00:00Z").step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(7);
  }

  @Test
  void storesWhereItBegins_soThatAnotherInstanceDoesNotBeginLater() {
    ingest(false, "latest").step(clients.source);
    assertThat(clients.position().getNextOffset()).isEqualTo(1000);
    clients.source = clients.newSource();
    clients.source.updateEndOffsets(Map.of(SOURCE, 1010L));
    ingest(false, "latest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(1000);
  }

  @Test
  void beginsAtTheStart_ofAPartitionThatIsAddedWhileItRuns_alsoWhereItBeganAtTheEnd() {
    TopicPartition added = new TopicPartition(SOURCE.topic(), 1);
    clients.showPartitions(1);
    KafkaIngest ingest = ingest(false, "latest");
    ingest.step(clients.source);
    clients.showPartitions(2);
    clients.source.updateBeginningOffsets(Map.of(added, 0L));
    clients.source.updateEndOffsets(Map.of(added, 1000L));
    clients.source.rebalance(List.of(SOURCE, added));
    ingest.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(1000);
    assertThat(clients.source.position(added)).isZero();
  }

  @Test
  void beginsAtTheStart_ofATopicThatIsCreatedWhileItRuns_alsoWhereItBeginsAtTheEnd() {
    KafkaIngest ingest = ingest(false, "latest", List.of());
    ingest.step(clients.source);
    clients.showPartitions();
    clients.source.rebalance(List.of(SOURCE));
    now += 5_000;
    ingest.step(clients.source);
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(1, 1, ""));
    assertThat(clients.source.position(SOURCE)).isZero();
  }

  @Test
  void leavesNothing_whereACommitFails_andReadsTheSameAgain() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    MockProducer<byte[], byte[]> failing = clients.last();
    failing.clear();
    failing.commitTransactionException = new TimeoutException("no answer");
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);

    assertThat(failing.history()).isEmpty();
    assertThat(failing.closed()).isTrue();
    assertThat(counts.total().read()).isZero();
    assertThat(clients.source.paused()).containsExactly(SOURCE);
    assertThat(ingest.status().reachable()).isFalse();

    now += 2000;
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(clients.last()).isNotSameAs(failing);
    assertThat(clients.source.paused()).isEmpty();
    assertThat(clients.position().getNextOffset()).isEqualTo(1);
    assertThat(counts.total().mapped()).isEqualTo(1);
    assertThat(ingest.status().reachable()).isTrue();
  }

  @Test
  void writesSmallerBundles_whereTheTargetRefusesOneAsTooLarge() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.last().commitTransactionException =
        new KafkaException("could not commit", new RecordTooLargeException("too large"));
    addMany(3_000);
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).contains("cannot be written to the target");
    now += 2000;
    addMany(3_000);
    ingest.step(clients.source);
    assertThat(counts.total().mapped()).isEqualTo(3_000);
    assertThat(clients.last().history())
        .filteredOn(record -> record.topic().equals("lockstep.activity"))
        .hasSizeGreaterThan(4)
        .allSatisfy(record -> assertThat(record.value().length).isLessThanOrEqualTo(200_000));
  }

  @Test
  void staysTroubled_whereAPartitionOpensAgain_untilABatchIsWritten() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    for (int i = 0; i < 3; i++) {
      clients.last().commitTransactionException =
          new KafkaException("could not commit", new RecordTooLargeException("larger than 900"));
      clients.add(0, CALL, ARRIVAL);
      ingest.step(clients.source);
      assertThat(ingest.status().problem())
          .startsWith("signins-0 cannot be written to the target: ")
          .contains(
              "raise max.message.bytes of the topics lockstep.activity, lockstep.dead-letters,"
                  + " lockstep.quarantine and lockstep.positions")
          .endsWith("could not commit: larger than 900)");
      now += 1_000;
      ingest.step(clients.source);
      assertThat(ingest.status().open()).isEqualTo(1);
      assertThat(ingest.status().problem()).as("it opened, no more").startsWith("signins-0 cannot");
    }
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEmpty();
  }

  @Test
  void isTroubledNoMore_onceAWatermarkIsWritten_thoughNothingComes() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.last().commitTransactionException = new TimeoutException("no answer");
    now += 5_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem())
        .isEqualTo(
            "the records of signins-0 wait, because the Kafka cluster that they are written to has"
                + " accepted no write in time; the log has the cause");
    now += 1_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isNotEmpty();
    now += 5_000;
    ingest.step(clients.source);
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(1, 1, ""));
  }

  private void addMany(int messages) {
    for (int i = 0; i < messages; i++) {
      clients.add(i, CALL, ARRIVAL);
    }
  }

  @Test
  void opensAnew_whereItWasFenced() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    MockProducer<byte[], byte[]> fenced = clients.last();
    fenced.commitTransactionException = new ProducerFencedException("taken over");
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    now += 2000;
    ingest.step(clients.source);
    assertThat(clients.last()).isNotSameAs(fenced);
    assertThat(clients.source.position(SOURCE)).isZero();
  }

  @Test
  void closesItsWriter_whereAPartitionIsRevoked() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.source.rebalance(List.of());
    ingest.step(clients.source);
    assertThat(clients.last().closed()).isTrue();
    assertThat(ingest.status().assigned()).isZero();
  }

  @Test
  void saysThatAPartitionIsIdle_andThatItIsNoMore() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    MockProducer<byte[], byte[]> producer = clients.last();
    producer.clear();
    now += 599_999;
    ingest.step(clients.source);
    assertThat(activities(producer)).noneMatch(Activity::getIdleOrigin);
    producer.clear();
    now += 1;
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(activities(producer)).hasSize(2).allMatch(Activity::getIdleOrigin);
    producer.clear();
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(activities(producer)).hasSize(3).noneMatch(Activity::getIdleOrigin);
  }

  @Test
  void isNeitherReadUpNorIdle_whileTheSourceDoesNotAnswer() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, now - 7_200_000);
    ingest.step(clients.source);
    clients.silent = true;
    MockProducer<byte[], byte[]> producer = clients.last();
    for (int i = 0; i < 4; i++) {
      producer.clear();
      now += 600_000;
      ingest.step(clients.source);
      assertThat(ingest.status().problem()).isEqualTo(NO_ANSWER);
      assertThat(activities(producer))
          .allMatch(clock -> !clock.getIdleOrigin())
          .allMatch(clock -> clock.getEventAt() == clock.getArrivalAt());
    }
  }

  @Test
  void isIdleNoMore_onceTheSourceDoesNotAnswer() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    now += 600_000;
    ingest.step(clients.source);
    MockProducer<byte[], byte[]> producer = clients.last();
    assertThat(activities(producer)).anyMatch(Activity::getIdleOrigin);
    producer.clear();
    clients.silent = true;
    now += 600_000;
    ingest.step(clients.source);
    assertThat(activities(producer)).hasSize(2).noneMatch(Activity::getIdleOrigin);
    producer.clear();
    clients.silent = false;
    now += 60_000;
    ingest.step(clients.source);
    assertThat(activities(producer))
        .as("the time without an answer does not count")
        .noneMatch(Activity::getIdleOrigin);
  }

  @Test
  void isTroubledNoMore_whereASourceAnswersAgain_whosePartitionsAreAllAnothers() {
    clients.showPartitions();
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.silent = true;
    now += 20_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEqualTo(NO_ANSWER);
    clients.source.rebalance(List.of());
    clients.silent = false;
    now += 20_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEmpty();
  }

  @Test
  void isTroubledNoMore_whereASourceThatWasSilentAnswersWithARefusal() {
    KafkaIngest ingest = ingest(false, "earliest");
    clients.source.rebalance(List.of());
    clients.silent = true;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEqualTo(NO_ANSWER);
    clients.silent = false;
    clients.listFailure = new TopicAuthorizationException("signins");
    now += 20_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEmpty();
  }

  @Test
  void waitsForNothingMore_whereALiveSourceIsReadToItsEnd() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, now);
    ingest.step(clients.source);
    clients.last().clear();
    now += 3_600_000;
    ingest.step(clients.source);
    assertThat(activities(clients.last()))
        .hasSize(2)
        .allMatch(clock -> clock.getArrivalAt() == now - 3_600_000)
        .allMatch(clock -> clock.getEventAt() == now - 60_000);
    clients.last().clear();
    now += 59_999;
    ingest.step(clients.source);
    assertThat(activities(clients.last())).isEmpty();
    now += 1;
    ingest.step(clients.source);
    assertThat(activities(clients.last()))
        .hasSize(2)
        .allMatch(clock -> clock.getEventAt() == now - 60_000);
  }

  @Test
  void waitsForNothingMore_whereAPlayedCaptureHasEnded() {
    KafkaIngest ingest = ingest(true, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, now, "1763085660123");
    ingest.step(clients.source);
    clients.last().clear();
    now += 4_999;
    ingest.step(clients.source);
    assertThat(activities(clients.last())).isEmpty();
    now += 1;
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(activities(clients.last()))
        .hasSize(2)
        .allMatch(clock -> clock.getEventAt() == 1_763_085_660_123L + 122 * 60_000);
  }

  @Test
  void waitsForNothingMore_whereACaptureHadEndedBeforeThePartitionWasMoved() {
    KafkaIngest first = ingest(true, "earliest");
    first.step(clients.source);
    clients.add(0, CALL, now, "1763085660123");
    clients.add(1, CALL, now, "1763385660123"); // more than a day ahead: not the clock yet
    first.step(clients.source);

    clients.source = clients.newSource();
    KafkaIngest second = ingest(true, "earliest");
    second.step(clients.source);
    clients.last().clear();
    now += 5_000;
    second.step(clients.source);
    assertThat(activities(clients.last()))
        .hasSize(2)
        .allMatch(clock -> clock.getArrivalAt() == 1_763_085_660_123L)
        .allMatch(clock -> clock.getEventAt() == 1_763_385_660_123L + 122 * 60_000);
  }

  @Test
  void repeatsTheClock_onlyWhereItHasMovedEnough() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    MockProducer<byte[], byte[]> producer = clients.last();
    producer.clear();
    clients.add(1, CALL, ARRIVAL + 1000);
    ingest.step(clients.source);
    assertThat(activities(producer)).hasSize(1);
    now += 5000;
    ingest.step(clients.source);
    assertThat(activities(producer)).hasSize(3);
    clients.add(2, CALL, ARRIVAL + 601_000);
    ingest.step(clients.source);
    assertThat(activities(producer)).hasSize(6);
  }

  @Test
  void takesTheArrivalFromTheHeader_elseFromTheRecord() {
    KafkaIngest ingest = ingest(true, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, now, "1763085660123");
    clients.add(1, CALL, now, "not a number");
    clients.add(2, CALL, now, null);
    clients.last().clear();
    ingest.step(clients.source);
    long own = Records.activity(CALL).getArrivalAt();
    assertThat(activities(clients.last()))
        .filteredOn(activity -> activity.getKind() == ActivityKind.API_CALL)
        .extracting(Activity::getArrivalAt)
        .containsExactly(1_763_085_660_123L, own, own);
    assertThat(clients.position().getClockAt()).isEqualTo(1_763_085_660_123L);
  }

  @Test
  void goesOn_afterAMessageWithoutValue() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, null, ARRIVAL, null);
    clients.add(1, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(counts.rejectedByReason()).containsEntry("not-json", 1L);
    assertThat(clients.position().getNextOffset()).isEqualTo(2);
  }

  @Test
  void triesOn_whereTheTargetCannotBeReached() {
    KafkaIngest ingest = ingest(false, "earliest");
    clients.initFailure = new TimeoutException("no broker");
    ingest.step(clients.source);
    assertThat(clients.last().closed()).isTrue();
    assertThat(ingest.status().problem()).contains("cannot be opened in the target");
    clients.initFailure = null;
    now += 2000;
    ingest.step(clients.source);
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(1, 1, ""));
  }

  @Test
  void pollsAndReads_whileManyPartitionsAreOpened() {
    List<TopicPartition> many =
        IntStream.range(0, 64).mapToObj(i -> new TopicPartition("signins", i)).toList();
    for (TopicPartition partition : many) {
      clients.source.updateBeginningOffsets(Map.of(partition, 0L));
      clients.source.updateEndOffsets(Map.of(partition, 1000L));
    }
    clients.showPartitions(many.size());
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.announce();
    clients.source.rebalance(many);
    clients.add(0, CALL, ARRIVAL);
    clients.opening = () -> now += 325;

    int steps = 0;
    int openAtFirstRecord = 0;
    do {
      long before = now;
      ingest.step(clients.source); // which polls once
      steps++;
      assertThat(now - before).as("milliseconds without a poll").isLessThan(2_000);
      Ingest.Status status = ingest.status();
      assertThat(status.assigned()).isEqualTo(64);
      assertThat(status.problem()).isEmpty();
      assertThat(clients.source.paused()).hasSize(64 - status.open());
      if (openAtFirstRecord == 0 && counts.total().mapped() == 1) {
        openAtFirstRecord = status.open();
      }
    } while (ingest.status().open() < 64 && steps < 200);

    assertThat(ingest.status().open()).isEqualTo(64);
    assertThat(steps).isGreaterThan(30);
    assertThat(openAtFirstRecord).as("open when the first was read").isBetween(1, 3);
    assertThat(clients.source.paused()).isEmpty();
    assertThat(clients.events.lastIndexOf("fenced"))
        .as("all are fenced before a position is read")
        .isLessThan(clients.events.indexOf("positions, open ones too"));
  }

  private KafkaIngest ofTwo(TopicPartition other) {
    clients.source.updateBeginningOffsets(Map.of(other, 0L));
    clients.source.updateEndOffsets(Map.of(other, 1000L));
    KafkaIngest ingest = ingest(false, "earliest");
    clients.source.rebalance(List.of(SOURCE, other));
    return ingest;
  }

  @Test
  void opensAllPartitionsThatAreOnline_beforeItTriesOneAgainThatIsNot() {
    KafkaIngest ingest = ofTwo(new TopicPartition("signins", 1));
    clients.offline = SOURCE;
    ingest.step(clients.source);
    now += 1_000;
    ingest.step(clients.source);
    assertThat(ingest.status().open()).isEqualTo(1);
    assertThat(ingest.status().problem()).contains("signins-0 cannot be opened");

    now += 1_000;
    ingest.step(clients.source);
    assertThat(ingest.status().open()).isEqualTo(1);
    clients.offline = null;
    now += 1_000;
    ingest.step(clients.source);
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(2, 2, ""));
  }

  @Test
  void closesAPartitionThatIsTakenAway_beforeItIsOpen() {
    TopicPartition other = new TopicPartition("signins", 1);
    KafkaIngest ingest = ofTwo(other);
    clients.opening = () -> now += 1000;
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(2, 0, ""));

    clients.source.rebalance(List.of(other));
    ingest.step(clients.source);
    assertThat(clients.producers).hasSize(2);
    assertThat(clients.producers.get(0).closed()).isTrue();
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(1, 1, ""));
  }

  @Test
  void isTroubledNoMore_onceThePartitionThatWasIsAnothers() {
    TopicPartition other = new TopicPartition("signins", 1);
    KafkaIngest ingest = ofTwo(other);
    ingest.step(clients.source);
    clients.producers.get(0).commitTransactionException = new TimeoutException("no answer");
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).startsWith("the records of signins-0 wait");

    clients.source.rebalance(List.of(other));
    ingest.step(clients.source);
    assertThat(ingest.status()).isEqualTo(new Ingest.Status(1, 1, ""));
  }

  @Test
  void isTroubledNoMore_onceItsAnnouncementIsTakenBack() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.announce();
    clients.failAnnouncements = true;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEqualTo("the target cannot be written to");
    clients.failAnnouncements = false;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEmpty();
  }

  @Test
  void staysTroubled_whileItsAnnouncementFails_alsoWhereTheSourceAnswers() {
    clients.showPartitions();
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.announce();
    clients.failAnnouncements = true;
    ingest.step(clients.source);
    now += 20_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEqualTo("the target cannot be written to");
  }

  @Test
  void says_thatATopicThatIsNotListedMayBeHidden() {
    KafkaIngest ingest = ingest(false, "earliest");
    clients.source.rebalance(List.of());
    ingest.step(clients.source);
    assertThat(ingest.status().problem())
        .isEqualTo("the topic signins does not exist, or this client may not see it");
  }

  private void failToSubscribe(KafkaIngest ingest, RuntimeException failure) {
    ingest.close(); // or the failure is followed by a pause
    clients.source =
        new MockConsumer<>("none") {
          @Override
          public synchronized void subscribe(
              Collection<String> topics, ConsumerRebalanceListener listener) {
            throw failure;
          }
        };
    ingest.readUntilFailure();
  }

  @Test
  void staysTroubled_whileItsGroupRefusesIt_thoughTheTopicIsThere() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    failToSubscribe(ingest, new GroupAuthorizationException("lockstep.ingest-src"));
    assertThat(ingest.status().problem()).contains("source signins cannot be read");

    clients.source = clients.newSource();
    clients.showPartitions();
    ingest.subscribe(clients.source);
    now += 5_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).contains("source signins cannot be read");
    clients.source.rebalance(List.of());
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).as("others have all partitions").isEmpty();
  }

  @Test
  void staysTroubled_whereTheSameFaultComesAfterEachJoin() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    failToSubscribe(ingest, new IllegalArgumentException("a fault"));
    assertThat(ingest.status().problem()).contains("IllegalArgumentException");

    clients.source = clients.newSource();
    clients.showPartitions();
    ingest.subscribe(clients.source);
    clients.source.rebalance(List.of(SOURCE));
    clients.opening =
        () -> {
          throw new IllegalArgumentException("a fault");
        };
    assertThatThrownBy(() -> ingest.step(clients.source)).hasMessage("a fault");
    assertThat(ingest.status().problem()).as("it is not over").contains("IllegalArgumentException");
    clients.opening = () -> {};
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEmpty();
  }

  @Test
  void staysTroubled_forHalfAMinute_afterAnotherProcessTookItsInstanceId() {
    clients.showPartitions();
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    failToSubscribe(ingest, new FencedInstanceIdException("another consumer"));
    assertThat(ingest.status().problem()).contains("another process uses this instance's id");

    clients.source = clients.newSource();
    clients.showPartitions();
    ingest.subscribe(clients.source);
    clients.source.rebalance(List.of(SOURCE));
    now += 29_000;
    ingest.step(clients.source);
    assertThat(ingest.status().assigned()).as("it works in its turn").isEqualTo(1);
    assertThat(ingest.status().problem()).contains("another process uses this instance's id");
    now += 1_000;
    ingest.step(clients.source);
    assertThat(ingest.status().problem()).isEmpty();
  }

  @Test
  void movesThePosition_fencingWhoeverReads() {
    KafkaIngest running = ingest(false, "earliest");
    running.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    clients.add(1, CALL, ARRIVAL);
    running.step(clients.source);
    MockConsumer<byte[], byte[]> reading = clients.source;

    clients.source = clients.newSource();
    clients.showPartitions();
    KafkaIngest moving =
        new KafkaIngest(
            config(false, "latest"),
            TARGET,
            clients,
            Limits.defaults(),
            RawFieldPlan::none,
            counts,
            clock);
    clients.events.clear();
    moving.move("latest");
    assertThat(clients.events)
        .startsWith("opened lockstep.ingest-src/signins/0", "fenced", "positions, open ones too");
    assertThat(clients.position().getNextOffset()).isEqualTo(1000);
    assertThat(clients.position().getClockAt()).isZero();
    assertThat(clients.last().closed()).isTrue();

    clients.producers.get(0).commitTransactionException = new ProducerFencedException("moved");
    clients.source = reading;
    clients.add(2, CALL, ARRIVAL);
    running.step(clients.source);
    now += 2000;
    running.step(clients.source);
    assertThat(reading.position(SOURCE)).isEqualTo(1000);
    assertThat(counts.total().mapped()).isEqualTo(2);
  }

  static Stream<RuntimeException> failuresOfAMoveThatMeetsARunningReader() {
    return Stream.of(
        new InvalidProducerEpochException("an old epoch"),
        new KafkaException("in a fatal state", new ProducerFencedException("newer")),
        new InvalidTxnStateException("the transaction is not open"),
        new KafkaException("Unhandled error in EndTxnResponse: an unexpected error"));
  }

  @ParameterizedTest
  @MethodSource("failuresOfAMoveThatMeetsARunningReader")
  void movesThePosition_thoughARunningReaderTakesThePartitionBackMeanwhile(
      RuntimeException failure) {
    clients.showPartitions();
    clients.refusal = failure;
    ingest(false, "earliest").move("latest");
    assertThat(clients.position().getNextOffset()).isEqualTo(1000);
    assertThat(clients.producers).hasSize(2).allMatch(MockProducer::closed);
  }

  @Test
  void countsWhatRetentionTook_underARunningReader() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    clients.source.updateBeginningOffsets(Map.of(SOURCE, 500L));
    clients.source.setPollException(new OffsetOutOfRangeException(Map.of(SOURCE, 1L)));
    ingest.step(clients.source);
    clients.add(500, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(counts.losses().offsets()).isEqualTo(499);
    assertThat(clients.position().getNextOffset()).isEqualTo(501);
    assertThat(counts.total().mapped()).isEqualTo(2);
    Losses.Loss loss = counts.losses().since(now).get(0);
    assertThat(loss.partition()).isEqualTo("signins-0");
    assertThat(loss.first()).isEqualTo(1);
    assertThat(loss.next()).isEqualTo(500);
  }

  @Test
  void countsWhatRetentionTook_beforeAnythingWasStored() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.source.updateBeginningOffsets(Map.of(SOURCE, 500L));
    clients.source.setPollException(new OffsetOutOfRangeException(Map.of(SOURCE, 0L)));
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(counts.losses().offsets()).isEqualTo(500);
    assertThat(clients.position().getNextOffset()).as("is stored at once").isEqualTo(500);
  }

  @Test
  void obeysAMove_thatComesBeforeAnythingWasStored() {
    KafkaIngest running = ingest(false, "latest");
    running.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(1000);
    MockConsumer<byte[], byte[]> reading = clients.source;
    clients.source = clients.newSource();
    clients.showPartitions();
    new KafkaIngest(
            config(false, "latest"),
            TARGET,
            clients,
            Limits.defaults(),
            RawFieldPlan::none,
            counts,
            clock)
        .move("earliest");
    clients.producers.get(0).commitTransactionException = new ProducerFencedException("moved");
    clients.source = reading;
    clients.add(1000, CALL, ARRIVAL);
    running.step(clients.source);
    now += 2000;
    running.step(clients.source);
    assertThat(reading.position(SOURCE)).isZero();
  }

  @Test
  void countsALossOnce_whereItsPositionCannotBeStored() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.source.updateBeginningOffsets(Map.of(SOURCE, 500L));
    clients.source.setPollException(new OffsetOutOfRangeException(Map.of(SOURCE, 0L)));
    ingest.step(clients.source);
    clients.failCommitsAfter = 0;
    ingest.step(clients.source);
    assertThat(ingest.status().open()).isZero();
    clients.failCommitsAfter = Integer.MAX_VALUE;
    now += 2000;
    ingest.step(clients.source);
    assertThat(ingest.status().open()).isEqualTo(1);
    assertThat(counts.losses().offsets()).isEqualTo(500);
  }

  @Test
  void losesNothing_whereOnlyMarkersWereRemoved() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    clients.source.seek(SOURCE, 2); // as the real one does behind the marker of a transaction
    ingest.step(clients.source);
    now += 5_000;
    ingest.step(clients.source);
    assertThat(clients.position().getNextOffset()).isEqualTo(2);
    assertThat(clients.position().getLastRecord().getOffset()).isZero();

    clients.source = clients.newSource();
    clients.source.updateBeginningOffsets(Map.of(SOURCE, 2L));
    ingest(false, "earliest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(2);
    assertThat(counts.losses().since(0)).isEmpty();
  }

  @Test
  void beginsAgain_whereATopicWasMadeAnew_andHasGrownPastTheStoredOffset() {
    readsTwo();
    clients.topicId = "topic-two";
    clients.source = clients.newSource();
    ingest(false, "latest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).isZero();
    assertThat(clients.position().getTopicId()).as("is stored at once").isEqualTo("topic-two");
    assertThat(counts.losses().since(0)).hasSize(1);
    assertThat(counts.losses().offsets()).isZero();
  }

  @Test
  void writesNothingOfATopicThatWasMadeAnew_underThePositionOfTheFormer() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    clients.topicId = "topic-two";
    clients.add(1, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(counts.total().mapped()).isEqualTo(1);
    ingest.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isZero();
    clients.add(0, CALL, ARRIVAL);
    clients.add(1, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(counts.total().mapped()).isEqualTo(3);
    assertThat(clients.position().getTopicId()).isEqualTo("topic-two");
  }

  @Test
  void noticesATopicThatWasMadeAnew_thoughNothingComes() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    clients.topicId = "topic-two";
    now += 5_000;
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isZero();
    assertThat(counts.losses().since(0)).hasSize(1);
  }

  @Test
  void writesWhatWasPolled_ofATopicThatIsGoneSince() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    clients.idFailure = new UnknownTopicOrPartitionException("gone");
    ingest.step(clients.source);
    assertThat(clients.position().getNextOffset()).isEqualTo(1);
  }

  @Test
  void writesNothing_whileTheClusterDoesNotTellTheTopic() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    clients.idFailure = new TimeoutException("no answer");
    ingest.step(clients.source);
    assertThat(ingest.status().problem())
        .contains(
            "could not read the id of topic signins (TimeoutException); check that the source's"
                + " brokers answer");
    clients.idFailure = null;
    now += 2_000;
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    assertThat(counts.total().mapped()).isEqualTo(1);
    assertThat(ingest.status().problem()).isEmpty();
  }

  @Test
  void adoptsAPosition_thatWasStoredWithoutATopicId() {
    clients.committedPositions.add(
        new ProducerRecord<>(
            "lockstep.positions",
            "src/signins/0".getBytes(StandardCharsets.UTF_8),
            Base64.getDecoder().decode(POSITION_OF_BEFORE)));
    ingest(false, "earliest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(5);
    now += 5_000;
    assertThat(counts.losses().since(0)).isEmpty();
    clients.topicId = "topic-two";
    clients.source = clients.newSource();
    ingest(false, "earliest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).as("nothing of topic-one was stored").isEqualTo(5);
  }

  @Test
  void takesANewerIdIntoAnAdoptedPosition_withTheNextTick() {
    clients.topicId = null;
    readsTwo();
    assertThat(clients.position().getTopicId()).isNull();
    clients.topicId = "topic-one";
    clients.kept.add(FakeKafkaClients.record(1, bytes(CALL), ARRIVAL, new RecordHeaders()));
    clients.source = clients.newSource();
    KafkaIngest second = ingest(false, "earliest");
    second.step(clients.source);
    now += 5_000;
    second.step(clients.source);
    assertThat(clients.position().getTopicId()).isEqualTo("topic-one");
    assertThat(clients.position().getNextOffset()).isEqualTo(2);
  }

  @Test
  void readsTheLastRecordAgain_whereTheClusterHasNoIds() {
    clients.topicId = null;
    readsTwo();
    clients.kept.add(FakeKafkaClients.record(1, bytes(SIGN_IN), ARRIVAL, new RecordHeaders()));
    clients.source = clients.newSource();
    ingest(false, "latest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).isZero();
    assertThat(counts.losses().since(0).get(0).what())
        .contains("the record at offset 1 is not the one that was read");
  }

  @Test
  void readsTheLastRecordAgain_fromTimeToTime_whereTheClusterHasNoIds() {
    clients.topicId = null;
    clients.showPartitions();
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    clients.kept.add(FakeKafkaClients.record(0, bytes(CALL), ARRIVAL, new RecordHeaders()));
    now += 10_000;
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(counts.losses().since(0)).isEmpty();
    clients.kept.set(0, FakeKafkaClients.record(0, bytes(SIGN_IN), ARRIVAL, new RecordHeaders()));
    now += 10_000;
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isZero();
    assertThat(counts.losses().since(0)).hasSize(1);
  }

  @Test
  void doesNotTakeARecordOfAnotherTopic_forOneThatWasKnown_whereTheClusterHasNoIds() {
    clients.topicId = null;
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    // The topic is made anew here, and is read from the middle before that is looked at.
    clients.kept.add(FakeKafkaClients.record(0, bytes(SIGN_IN), ARRIVAL, new RecordHeaders()));
    clients.kept.add(FakeKafkaClients.record(1, bytes(CALL), ARRIVAL, new RecordHeaders()));
    clients.add(1, CALL, ARRIVAL);
    now += 1_000;
    ingest.step(clients.source);
    assertThat(clients.position().getNextOffset()).isEqualTo(2);
    MockConsumer<byte[], byte[]> reading = clients.source;

    clients.source = clients.newSource();
    ingest(false, "earliest").step(clients.source);
    assertThat(clients.source.position(SOURCE)).as("after a restart").isZero();
    clients.committedPositions.remove(clients.committedPositions.size() - 1);

    clients.source = reading;
    now += 5_000;
    ingest.step(reading);
    ingest.step(reading);
    assertThat(reading.position(SOURCE)).as("while it runs").isZero();
  }

  @Test
  void keepsItsClock_whereACommitFails() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    ingest.step(clients.source);
    clients.add(1, CALL, ARRIVAL);
    ingest.step(clients.source);
    clients.last().commitTransactionException = new TimeoutException("no answer");
    clients.add(2, CALL, ARRIVAL + 1000);
    ingest.step(clients.source);
    now += 2000;
    clients.add(2, CALL, Instant.parse("2099-01-01T00:00:00Z").toEpochMilli());
    ingest.step(clients.source);
    assertThat(clients.position().getNextOffset()).isEqualTo(3);
    assertThat(clients.position().getClockAt())
        .as("one record from the future is not believed")
        .isEqualTo(ARRIVAL);
  }

  @Test
  void believesNoTimeAheadOfThePresent_howeverManyRecordsHaveIt() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    for (int i = 0; i < 100; i++) {
      clients.add(i, CALL, now * 1000); // microseconds, taken for milliseconds
    }
    ingest.step(clients.source);
    assertThat(clients.position().getClockAt()).isEqualTo(now);
  }

  @Test
  void knowsWhenTheNewestRecordArrived_whateverBecameOfIt() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    clients.add(0, CALL, ARRIVAL);
    clients.add(1, "{\"category\":\"NonInteractiveUserSignInLogs2\"}", ARRIVAL + 1000);
    ingest.step(clients.source);
    assertThat(counts.total().ignored()).isEqualTo(1);
    assertThat(counts.newestArrivalAt()).isEqualTo(ARRIVAL + 1000);
    clients.add(2, "{broken", ARRIVAL + 2000);
    ingest.step(clients.source);
    assertThat(counts.newestArrivalAt()).isEqualTo(ARRIVAL + 2000);
    clients.add(3, "{broken", now + 3_600_000);
    ingest.step(clients.source);
    assertThat(counts.newestArrivalAt()).as("none is newer than now").isEqualTo(now);
  }

  @Test
  void goesBack_toWhereTheLogWasCut() {
    KafkaIngest ingest = ingest(false, "earliest");
    ingest.step(clients.source);
    for (int i = 0; i < 5; i++) {
      clients.add(i, CALL, ARRIVAL);
    }
    ingest.step(clients.source);
    clients.source.setPollException(
        new LogTruncationException(Map.of(SOURCE, 5L), Map.of(SOURCE, new OffsetAndMetadata(3))));
    ingest.step(clients.source);
    ingest.step(clients.source);
    assertThat(clients.source.position(SOURCE)).isEqualTo(3);
    assertThat(counts.losses().since(0)).hasSize(1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private KafkaIngest ingest(boolean arrivalFromHeader, String from) {
    return ingest(arrivalFromHeader, from, List.of(SOURCE));
  }

  private KafkaIngest ingest(
      boolean arrivalFromHeader, String from, List<TopicPartition> assigned) {
    KafkaIngest ingest =
        new KafkaIngest(
            config(arrivalFromHeader, from),
            TARGET,
            clients,
            Limits.defaults(),
            RawFieldPlan::none,
            counts,
            clock);
    ingest.subscribe(clients.source);
    clients.source.rebalance(assigned);
    return ingest;
  }

  private static KafkaSourceConfig config(boolean arrivalFromHeader, String from) {
    return new KafkaSourceConfig("src", "signins", Map.of(), arrivalFromHeader, from);
  }

  private static List<String> topics(List<ProducerRecord<byte[], byte[]>> records) {
    return records.stream().map(ProducerRecord::topic).toList();
  }

  private static List<Activity> activities(MockProducer<byte[], byte[]> producer) {
    return Bundled.activities(producer.history());
  }
}
