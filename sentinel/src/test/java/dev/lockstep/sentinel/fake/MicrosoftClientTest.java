package dev.lockstep.sentinel.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.util.Context;
import com.azure.monitor.ingestion.LogsIngestionClient;
import com.azure.monitor.ingestion.LogsIngestionClientBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The fake takes what Microsoft's own client sends, and refuses it as that understands. */
class MicrosoftClientTest {
  /** Microsoft's client sends tokens by https only; the fake is on this machine. */
  private record Plain(HttpClient http) implements HttpClient {
    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
      return http.send(plain(request));
    }

    @Override
    public HttpResponse sendSync(HttpRequest request, Context context) {
      return http.sendSync(plain(request), context);
    }

    private static HttpRequest plain(HttpRequest request) {
      return request.copy().setUrl(request.getUrl().toString().replace("https://", "http://"));
    }
  }

  private static LogsIngestionClient client(FakeLogsIngestionApi sentinel) {
    OffsetDateTime later = OffsetDateTime.of(2100, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);
    return new LogsIngestionClientBuilder()
        .endpoint(sentinel.endpoint().toString().replace("http://", "https://"))
        .credential(asked -> Mono.just(new AccessToken("token", later)))
        .retryOptions(new RetryOptions(new FixedDelayOptions(1, Duration.ofMillis(1))))
        .httpClient(new Plain(new JdkHttpClientBuilder().build()))
        .buildClient();
  }

  @Test
  void isTaken() throws IOException {
    try (FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0)) {
      Object row =
          Map.of(
              "TimeGenerated", "2026-11-02T09:00:00Z", "DetectionId", "d-\u202E1", "Revision", 4);
      client(sentinel)
          .upload(FakeLogsIngestionApi.RULE_ID, FakeLogsIngestionApi.STREAM, List.of(row));
      assertThat(sentinel.rows())
          .singleElement()
          .satisfies(
              taken -> {
                assertThat(taken.detectionId()).isEqualTo("d-\u202E1");
                assertThat(taken.revision()).isEqualTo(4);
              });
    }
  }

  @Test
  void isRefused_forAStreamThatTheRuleDoesNotHave() throws IOException {
    try (FakeLogsIngestionApi sentinel = FakeLogsIngestionApi.start(null, 0)) {
      Object row = Map.of("TimeGenerated", "2026-11-02T09:00:00Z");
      LogsIngestionClient client = client(sentinel);
      assertThatThrownBy(
              () -> client.upload(FakeLogsIngestionApi.RULE_ID, "Custom-No_CL", List.of(row)))
          .isInstanceOf(RuntimeException.class);
      assertThat(sentinel.rows()).isEmpty();
      assertThat(sentinel.requests()).isEqualTo(1);
    }
  }
}
