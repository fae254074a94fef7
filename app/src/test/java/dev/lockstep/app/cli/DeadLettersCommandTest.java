package dev.lockstep.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.Main;
import dev.lockstep.app.process.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class DeadLettersCommandTest {
  @Test
  void blamesNoAddress_whereAnotherRetryGoesOnInItsPlace() {
    for (KafkaException fenced :
        new KafkaException[] {
          new ProducerFencedException("newer"),
          new KafkaException("in a fatal state", new InvalidProducerEpochException("old"))
        }) {
      assertThat(DeadLettersCommand.failure("kafka:9092", fenced))
          .hasMessageStartingWith(
              "could not retry the dead letters: the cluster shut this retry out")
          .hasMessageNotContaining("kafka:9092");
    }
  }

  @Test
  void namesTheReasonsThatThereAre_whereNoneIsTheOneAskedFor() {
    assertThat(
            DeadLettersCommand.unknown(
                "dead letter", "reason", "to-deep", new TreeSet<>(Set.of("too-deep", "not-json"))))
        .isEqualTo(
            "no dead letter has the reason \"to-deep\"; give one of these to --reason: not-json, too-deep");
    assertThat(DeadLettersCommand.unknown("dead letter", "source", "a", Set.of()))
        .isEqualTo("no dead letter has the source \"a\"; the topic has none at all");
  }

  @Test
  void refusesAnIdThatIsNone_asWrongUsage() {
    for (String command : new String[] {"show", "retry"}) {
      StringWriter err = new StringWriter();
      int code =
          Main.commandLine()
              .setErr(new PrintWriter(err))
              .execute("dead-letters", command, "--config", "none.yaml", "17");
      assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(err.toString())
          .startsWith(
              "could not use the id of a dead letter: \"17\" is not a partition and offset");
    }
  }

  @Test
  void namesTheCluster_whereItFails() {
    assertThat(DeadLettersCommand.failure("kafka:9092", new TimeoutException("late")))
        .hasMessageStartingWith("could not use the dead letters: the cluster")
        .hasMessageContaining("\"kafka:9092\" failed (TimeoutException \"late\")");
  }
}
