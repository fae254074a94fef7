package dev.lockstep.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.ingest.cluster.SourceBacklogs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class KafkaSourceChecksTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant READ_TO = Instant.parse("2026-11-20T11:00:00Z");

  private final Config config =
      Config.read(
          null,
          Map.of(
              "LOCKSTEP_SOURCES_0_NAME", "local",
              "LOCKSTEP_SOURCES_0_TYPE", "kafka",
              "LOCKSTEP_SOURCES_0_BOOTSTRAP_SERVERS", "localhost:9092",
              "LOCKSTEP_SOURCES_0_TOPIC", "signins"));
  private final CheckReport report = new CheckReport("source local");

  private void lag(Map<Integer, SourceBacklogs.Row> stored) {
    Map<Integer, SourceBacklogs.Extent> extents =
        Map.of(0, new SourceBacklogs.Extent(0, 10, null), 1, new SourceBacklogs.Extent(0, 5, null));
    new KafkaSourceChecks(
            config,
            config.sources().get(0),
            new CompletableFuture<>(),
            new HubSample(config.limits(), List.of("local")),
            () -> NOW)
        .lag(report, extents, stored);
  }

  private static SourceBacklogs.Row row(int partition, long next) {
    return new SourceBacklogs.Row(
        "local", "signins", partition, next, READ_TO.toEpochMilli(), 0, null);
  }

  @Test
  void aPartitionThatWasNeverRead_hasNoTimeUpToWhichItIsRead() {
    lag(Map.of(0, row(0, 10)));
    assertThat(report.lines())
        .extracting(CheckReport.Line::text)
        .containsExactly("ok    source local: 5 messages are unread");
  }

  @Test
  void aPartitionThatIsBehind_saysUpToWhenItIsRead() {
    lag(Map.of(0, row(0, 8), 1, row(1, 5)));
    assertThat(report.lines())
        .extracting(CheckReport.Line::what)
        .containsExactly("2 messages are unread; records are read up to " + READ_TO);
    assertThat(report.lines().get(0).verdict()).isEqualTo(CheckReport.Verdict.WARN);
    lag(Map.of(0, row(0, 9), 1, row(1, 5)));
    assertThat(report.lines().get(1).what())
        .isEqualTo("1 message is unread; records are read up to " + READ_TO);
  }
}
