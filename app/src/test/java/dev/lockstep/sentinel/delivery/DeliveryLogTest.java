package dev.lockstep.sentinel.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Beside the program, whose log goes to standard error. */
class DeliveryLogTest {
  private static final Instant NOW = Instant.parse("2026-11-02T09:00:00Z");

  private final ForwarderCounts counts = new ForwarderCounts();
  private final DeliveryLog log =
      new DeliveryLog(ForwarderConfig.of("archive"), new Unused(), counts);

  @Test
  void logsALaterReason_whileItWaitsForAnother_andEachOnce() {
    String lines =
        logged(
            () -> {
              log.cannotWriteDeadLetter("login refused");
              log.cannotWriteDeadLetter("login refused");
              log.cannotWriteDeadLetter("disk full");
              log.cannotWriteDeadLetter("login refused");
            });

    assertThat(lines.lines()).hasSize(2);
    assertThat(lines).contains("login refused", "disk full");
    assertThat(counts.status().reason()).contains("login refused");
  }

  @Test
  void logsAReasonAgain_onceDeliveryWorkedInBetween() {
    String lines =
        logged(
            () -> {
              log.cannotWriteDeadLetter("disk full");
              log.allIsWell();
              log.cannotWriteDeadLetter("disk full");
            });

    assertThat(lines.lines().filter(line -> line.contains("disk full"))).hasSize(2);
  }

  @Test
  void logsTenReasons_ofAReceiverThatNumbersItsAnswers() {
    String lines =
        logged(
            () -> {
              for (int i = 0; i < 50; i++) {
                log.sendsAgain(Answer.without(AnswerClass.UNAVAILABLE, "request " + i), NOW);
              }
            });

    assertThat(lines.lines()).hasSize(10);
    assertThat(lines).contains("request 9").doesNotContain("request 10");
    assertThat(counts.status().reason()).contains("request 49");
  }

  @Test
  void logsOneReasonOnce_howeverLongItsReceiverAsksToWait() {
    String lines =
        logged(
            () -> {
              for (int i = 0; i < 3; i++) {
                log.sendsAgain(
                    new Answer(AnswerClass.THROTTLED, Duration.ofMinutes(30), "status 429"),
                    NOW.plusSeconds(i * 1_800L));
              }
            });

    assertThat(lines.lines()).hasSize(1);
    assertThat(lines).contains("until 2026-11-02T09:30:00.000Z (Retry-After)", "nothing is lost");
  }

  private static String logged(Runnable run) {
    PrintStream before = System.err;
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    System.setErr(new PrintStream(lines, true, UTF_8));
    try {
      run.run();
    } finally {
      System.setErr(before);
    }
    return lines.toString(UTF_8);
  }

  /** Sink that nothing is sent to. */
  private static final class Unused implements Sink {
    @Override
    public String place() {
      return "the archive";
    }

    @Override
    public Limits limits() {
      return new Limits(1, 1);
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Answer send(List<Row> rows, Instant sentAt) {
      throw new IllegalStateException("nothing is sent");
    }

    @Override
    public String fix(AnswerClass kind) {
      return "look at the archive";
    }

    @Override
    public void close() {}
  }
}
