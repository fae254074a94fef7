package dev.lockstep.app.heartbeat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.service.SourceLosses;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.source.Ingest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * State of a source at a heartbeat.
 *
 * @param status {@code ok}, {@code lagging}, {@code silent}, {@code degraded}, {@code
 *     not-conserved} or {@code failing}
 * @param reason reason for the status; with {@code ok} it is empty, or says that other instances
 *     read the source
 * @param lagRecords number of unread records, or null if unknown
 * @param lagSeconds age of the newest read record while there are unread ones, otherwise 0; null if
 *     unknown, and for a source whose arrival times are in headers or files
 * @param newestAt latest arrival that was read, or null
 */
record SourceHeartbeat(
    String name,
    String status,
    String reason,
    Numbers numbers,
    @Nullable Long lagRecords,
    @Nullable Double lagSeconds,
    @Nullable Instant newestAt) {
  private static final double MILLIS = 1_000.0;

  /**
   * Numbers since the start of this instance: records by outcome, records without an outcome, lost
   * offsets, and bytes read.
   *
   * @param missing records that were read and have no outcome, because Lockstep has a defect
   * @param lostOffsets offsets that were removed before they were read
   */
  record Numbers(
      long recordsIn,
      long activities,
      long ignored,
      long rejected,
      long quarantined,
      long missing,
      long lostOffsets,
      long bytesRead) {
    static final Numbers NONE = new Numbers(0, 0, 0, 0, 0, 0, 0, 0);

    static Numbers of(IngestCounts counts) {
      IngestCounts.Totals sums = counts.total();
      // Counts go on while they are summed, so a difference counts only once the service has
      // recorded it.
      long missing =
          counts.breaches() == 0 ? 0 : Math.max(counts.breaches(), counts.begun() - sums.read());
      return new Numbers(
          sums.read() + missing,
          sums.mapped(),
          sums.ignored(),
          sums.rejected(),
          sums.quarantined(),
          missing,
          counts.losses().offsets(),
          counts.bytes());
    }

    Numbers plus(Numbers other) {
      return new Numbers(
          recordsIn + other.recordsIn,
          activities + other.activities,
          ignored + other.ignored,
          rejected + other.rejected,
          quarantined + other.quarantined,
          missing + other.missing,
          lostOffsets + other.lostOffsets,
          bytesRead + other.bytesRead);
    }

    void writeTo(Map<String, @Nullable Object> row) {
      row.put("RecordsIn", recordsIn);
      row.put("Activities", activities);
      row.put("Ignored", ignored);
      row.put("Rejected", rejected);
      row.put("Quarantined", quarantined);
      row.put("Missing", missing);
      row.put("LostOffsets", lostOffsets);
      row.put("BytesRead", bytesRead);
    }
  }

  /**
   * Returns the state of a source.
   *
   * @param refused sentence about recent records if more than half were rejected or quarantined,
   *     otherwise an empty text
   */
  static SourceHeartbeat of(
      Config.Source source,
      Config.Heartbeat settings,
      IngestCounts counts,
      String refused,
      Ingest.Status status,
      List<Ingest.Lag> lags,
      Instant startedAt,
      Instant now) {
    Numbers numbers = Numbers.of(counts);
    long newest = counts.newestArrivalAt();
    Instant newestAt = newest == 0 ? null : Instant.ofEpochMilli(newest);
    Long left = lags.isEmpty() ? null : lags.stream().mapToLong(Ingest.Lag::left).sum();
    // A source with arrival times in headers or files is a capture, whose records are old.
    boolean archive = source.arrival() == Config.Arrival.HEADER;
    Double behind = archive || left == null ? null : behind(left, newestAt, now);
    String losses = SourceLosses.of(source.name(), counts, now).text();
    String word = "ok";
    String reason = "";
    if (numbers.missing() > 0) {
      word = "not-conserved";
      reason = "the numbers of records and of outcomes differ: " + counts.missing();
    } else if (!status.reachable()) {
      word = "failing";
      reason = status.problem();
    } else if (!losses.isEmpty() || !refused.isEmpty()) {
      word = "degraded";
      reason = losses.isEmpty() ? refused : refused.isEmpty() ? losses : losses + ". " + refused;
    } else if (status.assigned() == 0) {
      reason = "other instances read the partitions of this source";
    } else if (behind != null && behind > settings.laggingAfter().toMillis() / MILLIS) {
      word = "lagging";
      reason =
          (left != null && left == 1 ? "1 record is" : left + " records are")
              + " unread; the newest record that was read arrived at "
              + newestAt;
    } else if (!archive && isSilent(settings, newestAt, startedAt, now)) {
      word = "silent";
      reason =
          newestAt == null
              ? "nothing has arrived since " + startedAt
              : "nothing has arrived since " + newestAt;
    }
    return new SourceHeartbeat(source.name(), word, reason, numbers, left, behind, newestAt);
  }

  private static @Nullable Double behind(long left, @Nullable Instant newestAt, Instant now) {
    if (left == 0) {
      return 0.0;
    }
    return newestAt == null
        ? null
        : Math.max(0, Duration.between(newestAt, now).toMillis() / MILLIS);
  }

  private static boolean isSilent(
      Config.Heartbeat settings, @Nullable Instant newestAt, Instant startedAt, Instant now) {
    Instant since = newestAt == null ? startedAt : newestAt;
    return Duration.between(since, now).compareTo(settings.silentAfter()) > 0;
  }

  void writeTo(Map<String, @Nullable Object> row) {
    numbers.writeTo(row);
    row.put("LagRecords", lagRecords);
    row.put("LagSeconds", lagSeconds);
    row.put("NewestAt", newestAt);
  }

  /**
   * Returns the sum of the lags of all sources, in records, or null if a lag is unknown or there
   * are no sources.
   */
  static @Nullable Long lagRecords(List<SourceHeartbeat> sources) {
    long sum = 0;
    for (SourceHeartbeat source : sources) {
      if (source.lagRecords == null) {
        return null;
      }
      sum += source.lagRecords;
    }
    return sources.isEmpty() ? null : sum;
  }

  /** Returns the largest lag in seconds, or null if none is known. */
  static @Nullable Double lagSeconds(List<SourceHeartbeat> sources) {
    return sources.stream()
        .map(SourceHeartbeat::lagSeconds)
        .filter(Objects::nonNull)
        .max(Double::compare)
        .orElse(null);
  }

  static @Nullable Instant newestAt(List<SourceHeartbeat> sources) {
    return sources.stream()
        .map(SourceHeartbeat::newestAt)
        .filter(Objects::nonNull)
        .max(Instant::compareTo)
        .orElse(null);
  }
}
