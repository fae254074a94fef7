package dev.lockstep.sentinel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetryWaitsTest {
  /** Never answers, and ends each wait at once. */
  private static final class Silent extends CompletableFuture<Answer> {
    @Override
    public Answer get(long timeout, TimeUnit unit) throws TimeoutException {
      throw new TimeoutException();
    }
  }

  private final GroupMember group =
      new GroupMember("soar", new DetectionsTopic(1), new QuotaCounts(), lost -> {});
  private final RetryWaits retries =
      new RetryWaits(
          group,
          new ExponentialBackoff(Duration.ofSeconds(1), Duration.ofMinutes(1), new Random(1)),
          new FakeTime());

  @BeforeEach
  void join() {
    group.join("lockstep.detections");
  }

  @Test
  void saysHowLongItWaitedForAnAnswer_alsoWhereClosingCutTheWaitShort() throws Exception {
    Answer late = retries.await(new Silent(), Duration.ofMillis(900));
    assertThat(late.kind()).isEqualTo(AnswerClass.TIMED_OUT);
    assertThat(late.message()).isEqualTo("no answer within 900 ms");

    retries.end();
    assertThat(retries.await(new Silent(), Duration.ofMinutes(2)).message())
        .isEqualTo("no answer had come within 2000 ms when the forwarder ended");
  }
}
