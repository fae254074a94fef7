package dev.lockstep.app.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private final PrometheusMeterRegistry shown =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Latencies latencies = new Latencies();

  @Test
  void sumsTheLatenciesOfAnOldCapture_withoutOverflow() {
    latencies.showIn(shown);
    Duration age = Duration.ofDays(10 * 365);
    for (int i = 0; i < 1_000; i++) {
      latencies.took("token-replay", age.toMillis());
    }
    assertThat(lines("lockstep_detection_latency_seconds_sum"))
        .singleElement()
        .satisfies(
            line ->
                assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .isEqualTo(1_000.0 * age.toSeconds()));
  }

  @Test
  void countsBySeconds() {
    latencies.showIn(shown);
    latencies.to("sentinel").took("token-replay", 400);
    assertThat(lines("lockstep_delivery_latency_seconds_bucket"))
        .anySatisfy(line -> assertThat(line).contains("le=\"0.25\"").endsWith(" 0"))
        .anySatisfy(line -> assertThat(line).contains("le=\"0.5\"").endsWith(" 1"))
        .anySatisfy(line -> assertThat(line).contains("le=\"86400.0\"").endsWith(" 1"));
  }

  private List<String> lines(String name) {
    return shown.scrape().lines().filter(line -> line.startsWith(name)).toList();
  }
}
