package dev.lockstep.ingest.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.ingest.kafka.FakeKafkaClients;
import dev.lockstep.schemas.Position;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What another program writes into the topic of positions hides no position. */
class PositionStoreTest {
  private static final KafkaTarget TARGET = new KafkaTarget(Map.of(), "lockstep.");

  private final FakeKafkaClients clients = new FakeKafkaClients();
  private final PositionStore positions =
      new PositionStore(clients, TARGET, InstantSource.system());

  @Test
  void leavesOutForeignRecords() {
    Position hub = new SourcePartition("signins", "insights-logs-signinlogs", 3, true).position(7);
    Position day = new SourcePartition("archive", "capture", 0, false).position(9);
    day.setShelf("2026/11/20");
    clients.committedPositions.add(positions.record(hub));
    for (String foreign : new String[] {"x", "", "a/b", "signins/hub/x", "/hub/0", "\u0000"}) {
      put(foreign, "hello");
    }
    clients.committedPositions.add(positions.record(day));

    assertThat(positions.all()).containsExactly(hub, day);
  }

  @Test
  void namesTheRecordThatStandsInPlaceOfAPosition() {
    put("signins/hub/0", "hello");

    assertThatThrownBy(positions::all)
        .hasMessageContaining("could not read the position at lockstep.positions-0 offset 0")
        .hasMessageContaining("find out which program writes to this topic");
  }

  private void put(String key, String value) {
    clients.committedPositions.add(
        new ProducerRecord<>("lockstep.positions", key.getBytes(UTF_8), value.getBytes(UTF_8)));
  }
}
