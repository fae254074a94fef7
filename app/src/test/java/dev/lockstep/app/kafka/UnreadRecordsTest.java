package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class UnreadRecordsTest {
  private static final TopicPartition ONE = new TopicPartition("a.activity", 0);
  private static final TopicPartition OTHER = new TopicPartition("a.activity", 1);

  private final UnreadRecords records = UnreadRecords.of("a.detect", "a.activity");

  @Test
  void saysNothing_whileOnlyReadRecordsAreRemoved() {
    assertThat(records.look(Map.of(ONE, 500L), Map.of(ONE, 0L))).isNull();
    assertThat(records.look(Map.of(ONE, 700L), Map.of(ONE, 500L))).isNull();
    assertThat(records.look(Map.of(ONE, 700L), Map.of(ONE, 700L))).isNull();
    assertThat(records.look(Map.of(), Map.of())).isNull();
  }

  @Test
  void saysHowMany_whereTheGroupHadNotReadThem_andOnce() {
    assertThat(records.look(Map.of(ONE, 158L, OTHER, 9L), Map.of(ONE, 225L, OTHER, 9L)))
        .startsWith(
            "records of topic \"a.activity\" were removed before consumer group"
                + " \"a.detect\" had read them, and are lost (up to 67 records: a.activity-0);");
    assertThat(records.look(Map.of(ONE, 158L, OTHER, 9L), Map.of(ONE, 225L, OTHER, 9L))).isNull();
  }

  @Test
  void saysIt_whereTheGroupHasGoneOnMeanwhile() {
    assertThat(records.look(Map.of(ONE, 100L), Map.of(ONE, 0L))).isNull();
    assertThat(records.look(Map.of(ONE, 260L), Map.of(ONE, 250L))).contains("(up to 150 records: ");
  }

  @Test
  void saysNothing_ofATopicThatWasMadeAnew() {
    assertThat(records.look(Map.of(ONE, 100L), Map.of(ONE, 50L))).isNull();
    assertThat(records.look(Map.of(ONE, 3L), Map.of(ONE, 0L))).isNull();
  }

  @Test
  void saysNothing_whileKafkaStreamsRemovesWhatItHasRead() {
    UnreadRecords purged = UnreadRecords.ofPurged("a.detect", Set.of("a.activity"));
    assertThat(purged.look(Map.of(ONE, 100L), Map.of(ONE, 0L))).isNull();
    assertThat(purged.look(Map.of(ONE, 260L), Map.of(ONE, 260L))).isNull();
    assertThat(purged.look(Map.of(ONE, 260L), Map.of(ONE, 300L)))
        .startsWith("records of topic \"a.activity\" were removed")
        .contains(
            "(up to 40 records: ",
            "set retention.ms and retention.bytes of the topics to -1, and find out what delayed the group");
    assertThat(purged.look(Map.of(ONE, 260L), Map.of(ONE, 300L))).isNull();
    assertThat(purged.look(Map.of(ONE, 300L), Map.of(ONE, 300L))).isNull();
  }
}
