package dev.lockstep.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.app.terminal.OperatorException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerIT {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicReference<List<String>> notReady = new AtomicReference<>(List.of());
  private final AtomicReference<List<String>> notLive = new AtomicReference<>(List.of());
  private final AtomicReference<List<String>> degraded = new AtomicReference<>(List.of());
  private final MetricsServer server =
      MetricsServer.start("127.0.0.1", 0, registry, notLive::get, notReady::get, degraded::get);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void servesTheRegistry() throws Exception {
    registry.counter("lockstep.records.read").increment(3);
    HttpResponse<String> answer = ask("GET", "/metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(answer.body()).contains("lockstep_records_read_total 3.0");
  }

  @Test
  void isReady_untilThereIsAReason() throws Exception {
    assertThat(ask("GET", "/health/ready").body()).isEqualTo("{\"status\":\"ready\"}\n");
    notReady.set(List.of("sentinel: \"unauthorised\""));
    HttpResponse<String> answer = ask("GET", "/health/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo("{\"status\":\"not-ready\",\"reasons\":[\"sentinel: \\\"unauthorised\\\"\"]}\n");
    assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void isReadyAndDegraded_untilItIsNotReady() throws Exception {
    degraded.set(List.of("ingest: source signins: offsets were lost"));
    HttpResponse<String> answer = ask("GET", "/health/ready");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            "{\"status\":\"degraded\",\"reasons\":[\"ingest: source signins: offsets were"
                + " lost\"]}\n");
    notReady.set(List.of("sentinel is away"));
    answer = ask("GET", "/health/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo("{\"status\":\"not-ready\",\"reasons\":[\"sentinel is away\"]}\n");
  }

  @Test
  void isNotLive_withAReason() throws Exception {
    notLive.set(List.of("streams stopped"));
    assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(503);
  }

  @Test
  void knowsNothingElse() throws Exception {
    assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/metrics/x").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
    assertThat(ask("HEAD", "/metrics").statusCode()).isEqualTo(200);
  }

  @Test
  void refusesATakenPort_byItsNumber() {
    assertThatThrownBy(
            () ->
                MetricsServer.start(
                    "127.0.0.1", server.port(), registry, List::of, List::of, List::of))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("127.0.0.1:" + server.port())
        .hasMessageEndingWith(
            "choose another metrics.port, or 0 for a free port, or a metrics.host of this machine");
  }

  @Test
  void refusesAnAddressOfAnotherMachine_withThePortApartFromIt() {
    assertThatThrownBy(
            () -> MetricsServer.start("2001:db8::1", 9464, registry, List::of, List::of, List::of))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("address \"[2001:db8::1]:9464\" cannot be bound");
  }

  @Test
  void refusesAHostThatDoesNotResolve_byItsKey() {
    assertThatThrownBy(
            () -> MetricsServer.start("no such host", 0, registry, List::of, List::of, List::of))
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("metrics.host \"no such host\" does not resolve");
  }

  private HttpResponse<String> ask(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
