package dev.lockstep.app.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PartitionCheckTest {
  private static final Topics TOPICS = new Topics("p.");
  private static final String REPARTITION = "p.detect-alerts-repartition";
  private static final String CHANGELOG = "p.detect-tokens-changelog";

  private final Map<String, Integer> found = new HashMap<>();

  PartitionCheckTest() {
    for (String each :
        new String[] {
          TOPICS.names().activity(),
          TOPICS.names().detections(),
          TOPICS.names().deadLetters(),
          REPARTITION,
          CHANGELOG
        }) {
      found.put(each, 4);
    }
    found.put(TOPICS.names().positions(), 1);
  }

  @Test
  void isAsItShouldBe_withEqualNumbers_andAnyOfWhatNothingIsLookedUpIn() {
    assertThat(new PartitionCheck(TOPICS, 4).problem(Map.of())).isNull();
    assertThat(new PartitionCheck(TOPICS, 4).problem(found)).isNull();
    found.put(TOPICS.names().deadLetters(), 8);
    found.put(TOPICS.names().quarantine(), 1);
    found.put("p.other", 3);
    assertThat(new PartitionCheck(TOPICS, 4).problem(found)).isNull();
  }

  @Test
  void namesTheNumberToSet_whereAllHaveAnother_whichIsThenTaken() {
    assertThat(fix(8))
        .isEqualTo(
            "could not use the existing topics: \"p.activity\" has 4 partitions and not 8; set"
                + " kafka.partitions to 4, or choose another kafka.topicPrefix");
    assertThat(new PartitionCheck(TOPICS, 4).problem(found)).isNull();
  }

  @Test
  void namesNoNumber_wherePartitionsWereAdded_sinceNoneWouldDo() {
    found.put(TOPICS.names().activity(), 8);
    String said =
        "could not use the existing topics: \"p.activity\" has 8 partitions, \"p.detections\" has 4"
            + " partitions, 2 topics \"p.detect-*\" have 4; all these topics need the same number of"
            + " partitions, and Kafka cannot remove any; set another kafka.topicPrefix, and Lockstep"
            + " builds its topics and state again from the sources (see \"Rebuild\" in"
            + " docs/operations.md)";
    assertThat(fix(4)).isEqualTo(said);
    assertThat(fix(8)).isEqualTo(said);
  }

  @Test
  void looksAtInternalTopics() {
    found.put(TOPICS.names().activity(), 8);
    found.put(TOPICS.names().detections(), 8);
    assertThat(fix(8)).contains("2 topics \"p.detect-*\" have 4").contains("topicPrefix");
    found.put(REPARTITION, 8);
    assertThat(fix(8)).contains("1 topic \"p.detect-*\" has 4, 1 topic \"p.detect-*\" has 8");
  }

  @Test
  void keepsPositionsInOnePartition() {
    found.put(TOPICS.names().positions(), 4);
    assertThat(fix(4))
        .endsWith("\"p.positions\" has 4 partitions and not 1; choose another kafka.topicPrefix");
  }

  private String fix(int wanted) {
    PartitionCheck.Problem problem = new PartitionCheck(TOPICS, wanted).problem(found);
    return String.valueOf(Objects.requireNonNull(problem).exception().getMessage());
  }
}
