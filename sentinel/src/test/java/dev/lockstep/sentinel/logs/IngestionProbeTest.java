package dev.lockstep.sentinel.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.sentinel.delivery.FakeTime;
import dev.lockstep.sentinel.fake.FakeLogsIngestionApi;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class IngestionProbeTest {
  private final FakeLogsIngestionApi sentinel;

  IngestionProbeTest() throws IOException {
    sentinel = FakeLogsIngestionApi.start(null, 0);
  }

  @AfterEach
  void stop() {
    sentinel.close();
  }

  private IngestionProbe.Response ask() throws IOException, InterruptedException {
    SentinelConfig config =
        SentinelConfig.of(
                sentinel.endpoint(), FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM)
            .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
    return IngestionProbe.ask(config, new BearerToken("x"), new FakeTime());
  }

  @Test
  void saysStatusAndClock_andStoresNothing() throws IOException, InterruptedException {
    IngestionProbe.Response said = ask();
    assertThat(said.status()).isEqualTo(204);
    assertThat(said.date()).isNotNull();
    assertThat(sentinel.rows()).isEmpty();
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void isNotHeldUp_byAnAnswerThatComesByteByByte() throws IOException, InterruptedException {
    sentinel.answerNext(FakeLogsIngestionApi.Answer.slow(503));
    assertThat(ask().status()).isEqualTo(503);
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void isNotHeldUp_byAnAnswerThatNeverEnds() throws IOException, InterruptedException {
    sentinel.answerNext(FakeLogsIngestionApi.Answer.endless(503));
    assertThat(ask().message()).startsWith("status 503").hasSizeLessThan(400);
  }
}
