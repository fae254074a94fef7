package dev.lockstep.app.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.app.config.Config;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.Where;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SourceHeartbeatTest {
  private static final Instant START = Instant.parse("2026-11-25T10:00:00Z");
  private static final Ingest.Status WELL = new Ingest.Status(1, 1, "");
  private static final Config.Heartbeat SETTINGS =
      new Config.Heartbeat(
          Duration.ofMinutes(5), "Custom-X_CL", "one", Duration.ofMinutes(10), Duration.ofHours(6));
  private static final Config.Source SOURCE = source("timestamp");

  private final IngestCounts counts = new IngestCounts();
  private String refused = "";

  private static Config.Source source(String arrival) {
    return Config.read(
            null,
            Map.of(
                "LOCKSTEP_SOURCES_LOGS_TYPE",
                "kafka",
                "LOCKSTEP_SOURCES_LOGS_BOOTSTRAP_SERVERS",
                "localhost:9092",
                "LOCKSTEP_SOURCES_LOGS_TOPIC",
                "logs",
                "LOCKSTEP_SOURCES_LOGS_ARRIVAL",
                arrival))
        .sources()
        .get(0);
  }

  @Test
  void ok_whileNothingIsLeft() {
    arrives("2026-11-25T10:59:00Z");
    SourceHeartbeat beat = beat(WELL, 0, "2026-11-25T11:00:00Z");
    assertThat(beat.status()).isEqualTo("ok");
    assertThat(beat.lagSeconds()).isZero();
    assertThat(beat.newestAt()).isEqualTo("2026-11-25T10:59:00Z");
  }

  @Test
  void lagging_whereTheNewestIsOldAndMoreIsThere() {
    arrives("2026-11-25T10:49:00Z");
    SourceHeartbeat beat = beat(WELL, 7, "2026-11-25T11:00:00Z");
    assertThat(beat.status()).isEqualTo("lagging");
    assertThat(beat.lagSeconds()).isEqualTo(660);
    assertThat(beat.lagRecords()).isEqualTo(7);
    assertThat(beat.reason())
        .isEqualTo(
            "7 records are unread; the newest record that was read arrived at"
                + " 2026-11-25T10:49:00Z");
  }

  @Test
  void silent_afterHoursWithoutAnything() {
    assertThat(beat(WELL, 0, "2026-11-25T15:59:00Z").status()).isEqualTo("ok");
    SourceHeartbeat beat = beat(WELL, 0, "2026-11-25T16:00:01Z");
    assertThat(beat.status()).isEqualTo("silent");
    assertThat(beat.reason()).isEqualTo("nothing has arrived since 2026-11-25T10:00:00Z");
  }

  @Test
  void notSilent_whereOthersReadItsPartitions() {
    SourceHeartbeat beat = beat(new Ingest.Status(0, 0, ""), 0, "2026-11-25T20:00:00Z");
    assertThat(beat.status()).isEqualTo("ok");
    assertThat(beat.reason()).isEqualTo("other instances read the partitions of this source");
  }

  @Test
  void failing_whereItCannotBeReached() {
    SourceHeartbeat beat = beat(new Ingest.Status(1, 0, "it is away"), 0, "2026-11-25T10:01:00Z");
    assertThat(beat.status()).isEqualTo("failing");
    assertThat(beat.reason()).isEqualTo("it is away");
  }

  @Test
  void degraded_whileMostOfItsRecordsAreRefused_andAfterLosses() {
    refused = "900 of its last 1,000 records (90%) were rejected or quarantined";
    SourceHeartbeat beat = beat(WELL, 0, "2026-11-25T10:01:00Z");
    assertThat(beat.status()).isEqualTo("degraded");
    assertThat(beat.reason()).isEqualTo(refused);
    long at = Instant.parse("2026-11-25T10:00:30Z").toEpochMilli();
    counts.losses().recordRemoved("logs-0", "offset", 5, 10, at);
    assertThat(beat(WELL, 0, "2026-11-25T10:01:00Z").reason())
        .startsWith("2026-11-25T10:00:30Z: logs-0 no longer has the offsets from 5 to 9")
        .endsWith("if there is one. " + refused);
  }

  @Test
  void notConserved_whereARecordHasNoOutcome() {
    arrives("2026-11-25T10:00:30Z");
    counts.began(1);
    counts.broken("logs 0/1: records: 2, records with an outcome: 1");
    SourceHeartbeat beat = beat(WELL, 0, "2026-11-25T10:01:00Z");
    assertThat(beat.status()).isEqualTo("not-conserved");
    assertThat(beat.reason()).endsWith("logs 0/1: records: 2, records with an outcome: 1");
    assertThat(beat.numbers().missing()).isEqualTo(1);
    assertThat(beat.numbers().recordsIn()).isEqualTo(2);
  }

  @Test
  void neitherLaggingNorSilent_whereWhatIsPlayedTellsItsOwnArrivals() {
    arrives("2025-11-25T10:59:00Z");
    SourceHeartbeat playing = beat(source("header"), WELL, 7, "2026-11-25T11:00:00Z");
    assertThat(playing.status()).isEqualTo("ok");
    assertThat(playing.lagRecords()).isEqualTo(7);
    assertThat(playing.lagSeconds()).isNull();
    SourceHeartbeat played = beat(source("header"), WELL, 0, "2026-11-25T20:00:00Z");
    assertThat(played.status()).isEqualTo("ok");
  }

  @Test
  void doesNotSayWhatItDoesNotKnow() {
    SourceHeartbeat beat =
        SourceHeartbeat.of(
            SOURCE, SETTINGS, counts, "", WELL, List.of(), START, START.plusSeconds(1));
    assertThat(beat.lagRecords()).isNull();
    assertThat(beat.lagSeconds()).isNull();
    assertThat(beat.newestAt()).isNull();
  }

  private void arrives(String at) {
    Activity activity = new Activity();
    activity.setKind(ActivityKind.SIGN_IN);
    activity.setCategory("SignInLogs");
    activity.setEventId("one");
    activity.setArrivalAt(Instant.parse(at).toEpochMilli());
    activity.setWhere(new Where("logs", "logs", null, 0, 1L, 0));
    counts.began(1);
    counts.count(new Outcome.Mapped(activity));
    counts.arrived(activity.getArrivalAt());
  }

  private SourceHeartbeat beat(Ingest.Status status, long left, String now) {
    return beat(SOURCE, status, left, now);
  }

  private SourceHeartbeat beat(Config.Source source, Ingest.Status status, long left, String now) {
    return SourceHeartbeat.of(
        source,
        SETTINGS,
        counts,
        refused,
        status,
        List.of(new Ingest.Lag("logs", 0, left)),
        START,
        Instant.parse(now));
  }
}
