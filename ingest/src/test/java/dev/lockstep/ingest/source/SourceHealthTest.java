package dev.lockstep.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class SourceHealthTest {
  private final SourceHealth health = new SourceHealth("s");

  @Test
  void showsTheCauses_whereThatIsWanted() {
    health.report("p-1", "p-1 is ill", new IllegalStateException("cold"));
    assertThat(health.firstProblem()).isEqualTo("p-1 is ill");
    health.reportWithCauses("p-1", "p-1 is ill", new IllegalStateException("a cold"));
    assertThat(health.firstProblem()).isEqualTo("p-1 is ill (IllegalStateException: a cold)");
    health.reportWithCauses("p-1", "p-1 is ill", new IllegalStateException("flu"));
    assertThat(health.firstProblem()).as("the newest").endsWith("flu)");
  }

  @Test
  void saysOfHowManyPartitionsTheRecordsWait_withoutTheNameOfAFailure() {
    health.reportRefusedWrite("1 writing", "p-1", "", new TimeoutException("no"));
    assertThat(health.firstProblem())
        .isEqualTo(
            "the records of p-1 wait, because the Kafka cluster that they are written to has"
                + " accepted no write in time; the log has the cause");
    health.report("1", "p-1 is ill", new IllegalStateException("cold"));
    health.reportRefusedWrite("2 writing", "p-2", "", new TimeoutException("no"));
    assertThat(health.firstProblem()).isEqualTo("p-1 is ill");
    health.clear("1");
    assertThat(health.firstProblem()).startsWith("the records of 2 partitions wait, ");
    health.clear("1 writing");
    assertThat(health.firstProblem()).startsWith("the records of p-2 wait, ");
    assertThat(health.clear("2 writing")).as("the last one").isTrue();
    assertThat(health.firstProblem()).isEmpty();
  }

  @Test
  void isOver_withTheLastProblem() {
    health.report("p-1", "p-1 is ill", new IllegalStateException("cold"));
    health.reportWithCauses("p-2", "p-2 is ill", new IllegalStateException("cold"));
    assertThat(health.clear("p-1")).isFalse();
    assertThat(health.firstProblem()).startsWith("p-2");
    assertThat(health.clear("p-2")).isTrue();
    assertThat(health.firstProblem()).isEmpty();
    assertThat(health.clear("p-2")).as("once").isFalse();
  }
}
