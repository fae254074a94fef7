package dev.lockstep.app.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RemainingRecordsTest {
  private static final Instant NOW = Instant.parse("2026-11-02T08:00:00Z");

  @Test
  void addsTheTimeOfASegment() {
    RemainingRecords records =
        RemainingRecords.aging(
            "topic", Map.of("retention.ms", "3600000", "segment.ms", "7200000"), NOW);
    assertThat(records.gone()).isEqualTo("2026-11-02T11:07:00Z");
    assertThat(records.why()).isEqualTo("retention.ms 3600000 and segment.ms 7200000");
  }

  @Test
  void knowsNoTime_whereTheClusterDoesNotTellThatOfASegment() {
    RemainingRecords records =
        RemainingRecords.aging("source hub", Map.of("retention.ms", "3600000"), NOW);
    assertThat(records.gone()).isEqualTo("unknown");
    assertThat(records.why()).contains("retention.ms 3600000", "segment.ms").doesNotContain("-1");
  }

  @Test
  void knowsNoTime_whereASourceCannotBeUsed() {
    Config config =
        Config.read(
            null,
            Map.of(
                "LOCKSTEP_SOURCES_HUB_TYPE", "event-hubs-kafka",
                "LOCKSTEP_SOURCES_HUB_HUB", "logs",
                "LOCKSTEP_SOURCES_HUB_AUTH", "connection-string",
                "LOCKSTEP_SOURCES_HUB_CONNECTION_STRING", "no connection string at all"));
    RemainingRecords records = RemainingRecords.of(config.sources().get(0), NOW);
    assertThat(records.where()).isEqualTo("source hub");
    assertThat(records.gone()).isEqualTo("unknown");
    assertThat(records.why()).startsWith("could not use the source \"hub\": ");
  }

  @Test
  void knowsNoTime_whereRecordsAreKeptForever_orTheSettingsAreUnknown() {
    RemainingRecords records =
        RemainingRecords.aging("topic", Map.of("retention.ms", "-1", "segment.ms", "1"), NOW);
    assertThat(records.gone()).isEqualTo("unknown");
    assertThat(records.why()).contains("kept forever");
    RemainingRecords untold = RemainingRecords.aging("source hub", Map.of(), NOW);
    assertThat(untold.gone()).isEqualTo("unknown");
    assertThat(untold.why()).isEqualTo("the cluster does not report retention.ms");
    RemainingRecords unread = RemainingRecords.aging("topic", Map.of("failure", "no right"), NOW);
    assertThat(unread.why()).contains("cannot be read: no right");
  }
}
