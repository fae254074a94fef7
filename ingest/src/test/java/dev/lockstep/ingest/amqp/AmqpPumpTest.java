package dev.lockstep.ingest.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.messaging.eventhubs.models.EventPosition;
import dev.lockstep.ingest.cluster.Bundled;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.PartitionWriter;
import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.ingest.kafka.FakeKafkaClients;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.LastRecord;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AmqpPumpTest {
  private static final SourcePartition PARTITION = new SourcePartition("src", "signins", 0, true);

  private final FakeKafkaClients clients = new FakeKafkaClients();
  private final List<String> refused = new ArrayList<>();
  private long now = 1_000_000;
  private boolean answers = true;
  private final InstantSource clock = () -> Instant.ofEpochMilli(now);

  @Test
  void saysThatItWrote_onlyWhereAWatermarkWasDue_alsoAfterAFailure() {
    AmqpPump pump = pump();
    pump.open(new EmptyPartition(), "earliest");
    assertThat(pump.take(List.of())).as("not due yet").isFalse();
    now += 6_000;
    clients.last().commitTransactionException = new TimeoutException("no answer");
    assertThat(pump.take(List.of())).as("reopened, no more").isFalse();
    assertThat(refused).containsExactly("signins-0: no answer");
    now += 6_000;
    assertThat(pump.take(List.of())).isTrue();
  }

  @Test
  void doesNotOpen_onceItIsClosed() {
    AmqpPump pump = pump();
    pump.close();
    assertThatThrownBy(() -> pump.open(new EmptyPartition(), "earliest"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThat(pump.isOpen()).isFalse();
    assertThat(clients.producers).isEmpty();
  }

  @Test
  void opensAgain_whereAnotherWriterFencesItMeanwhile() {
    clients.refusal =
        new KafkaException("in a fatal state", new InvalidProducerEpochException("an old epoch"));
    AmqpPump pump = pump();
    assertThat(pump.open(new EmptyPartition(), "earliest")).isEqualTo(EventPosition.earliest());
    assertThat(pump.isOpen()).isTrue();
    assertThat(clients.producers).hasSize(2);
    assertThat(clients.producers.get(0).closed()).isTrue();
    assertThat(clients.last().closed()).isFalse();
  }

  @Test
  void reportsThatItIsFenced_whereThatDoesNotEnd() {
    clients.initFailure = new InvalidProducerEpochException("an old epoch");
    AmqpPump pump = pump();
    assertThatThrownBy(() -> pump.open(new EmptyPartition(), "earliest"))
        .isInstanceOf(InvalidProducerEpochException.class);
    assertThat(pump.isOpen()).isFalse();
    assertThat(clients.producers).hasSize(5).allMatch(MockProducer::closed);
  }

  @Test
  void isIdle_onlyWhileTheHubAnswers() {
    AmqpPump pump = pump();
    pump.open(new EmptyPartition(), "earliest");
    answers = false;
    now += 600_000;
    boolean unused = pump.take(List.of());
    assertThat(Bundled.activities(clients.last().history()))
        .isNotEmpty()
        .noneMatch(Activity::getIdleOrigin);
    answers = true;
    now += 600_000;
    assertThat(pump.take(List.of())).isTrue();
    assertThat(Bundled.activities(clients.last().history())).anyMatch(Activity::getIdleOrigin);
  }

  private AmqpPump pump() {
    return new AmqpPump(
        PARTITION,
        new PartitionWriter(
            PARTITION,
            new KafkaTarget(Map.of(), "lockstep."),
            clients,
            new MessageReader(Limits.defaults(), RawFieldPlan::none),
            clock),
        new IngestCounts(),
        List.of(0),
        new Around(),
        clock);
  }

  private final class Around implements AmqpPump.Surroundings {
    @Override
    public boolean pause() {
      return true;
    }

    @Override
    public void refused(SourcePartition partition, KafkaException failure) {
      refused.add(partition + ": " + failure.getMessage());
    }

    @Override
    public boolean isOurs(SourcePartition partition) {
      return true;
    }

    @Override
    public boolean answers() {
      return answers;
    }
  }

  private static final class EmptyPartition implements AmqpPump.HubPartitionContent {
    @Override
    public Bounds bounds() {
      return new Bounds(0, 0);
    }

    @Override
    public long firstAt(Instant time, Bounds bounds) {
      return 0;
    }

    @Override
    public @Nullable String topicId() {
      return "1970-01-01T00:00:00Z";
    }

    @Override
    public @Nullable LastRecord firstFrom(long number) {
      return null;
    }
  }
}
