package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SingleFlightTokensTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch cancelled = new CountDownLatch(1);

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** Returns a token, but never on the first request. */
  private BearerToken hangsAtFirst() {
    if (requests.incrementAndGet() == 1) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        cancelled.countDown();
        throw new IllegalStateException(e);
      }
    }
    return new BearerToken("second");
  }

  @Test
  void waitsForOneRequest_whileItMayStillBeAnswered() throws InterruptedException {
    SingleFlightTokens tokens = new SingleFlightTokens(this::hangsAtFirst, threads, LONG);
    assertThat(tokens.request(SHORT).refusal()).isEqualTo("no access token within 20 ms");
    assertThat(tokens.request(SHORT).token()).isNull();
    assertThat(requests).hasValue(1);
  }

  @Test
  void givesUpARequestWithoutAnswer_andAsksAnew() throws InterruptedException {
    SingleFlightTokens tokens = new SingleFlightTokens(this::hangsAtFirst, threads, Duration.ZERO);
    assertThat(tokens.request(SHORT).token()).isNull();
    assertThat(tokens.request(LONG).token()).isNotNull();
    assertThat(cancelled.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(requests).hasValue(2);
  }
}
