package dev.lockstep.app.heartbeat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.ProductVersion;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.service.Service;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.schemas.text.Quoted;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one heartbeat: one for the instance, without a source, and one for each source that the
 * instance may read. Counts begin at the start of the instance, so a lost row loses no counts.
 */
public final class HeartbeatRows {
  private static final int MOST_CHARS = 1_000;

  private final Config config;
  private final Config.Heartbeat settings;
  private final Service service;
  private final Instant startedAt;
  private final String instance;

  public HeartbeatRows(
      Config config, Config.Heartbeat settings, Service service, Instant startedAt) {
    this.config = config;
    this.settings = settings;
    this.service = service;
    this.startedAt = startedAt;
    this.instance = settings.instance();
  }

  /** Returns the rows, each with its values by column. A null is an unknown value. */
  public List<Map<String, @Nullable Object>> at(Instant now) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    List<SourceHeartbeat> sources = new ArrayList<>();
    Map<String, List<Ingest.Lag>> lags = service.lags();
    for (Config.Source source : config.sources()) {
      IngestCounts counts = service.read().get(source.name());
      Ingest.Status status = service.status(source.name());
      if (counts != null && status != null) {
        sources.add(
            SourceHeartbeat.of(
                source,
                settings,
                counts,
                service.refused(source.name()),
                status,
                lags.getOrDefault(source.name(), List.of()),
                startedAt,
                now));
      }
    }
    rows.add(instance(sources, now));
    for (SourceHeartbeat source : sources) {
      Map<String, @Nullable Object> row =
          head(now, source.name(), source.status(), source.reason());
      source.writeTo(row);
      rows.add(row);
    }
    return rows;
  }

  private Map<String, @Nullable Object> instance(List<SourceHeartbeat> sources, Instant now) {
    List<String> reasons = service.notReady();
    boolean conserved = sources.stream().allMatch(source -> source.numbers().missing() == 0);
    String status = conserved ? (reasons.isEmpty() ? "ok" : "failing") : "not-conserved";
    if (status.equals("ok")) {
      reasons = service.degraded();
      status = reasons.isEmpty() ? "ok" : "degraded";
    }
    Map<String, @Nullable Object> row = head(now, "", status, String.join("; ", reasons));
    SourceHeartbeat.Numbers sum =
        sources.stream()
            .map(SourceHeartbeat::numbers)
            .reduce(SourceHeartbeat.Numbers.NONE, SourceHeartbeat.Numbers::plus);
    sum.writeTo(row);
    row.put("LagRecords", SourceHeartbeat.lagRecords(sources));
    row.put("LagSeconds", SourceHeartbeat.lagSeconds(sources));
    row.put("NewestAt", SourceHeartbeat.newestAt(sources));
    long detections =
        service.counters().findings().values().stream()
            .flatMap(bySeverity -> bySeverity.values().stream())
            .mapToLong(Long::longValue)
            .sum();
    row.put("Detections", detections);
    ForwarderCounts delivered =
        service.forwarded().getOrDefault(ForwarderConfig.SENTINEL, new ForwarderCounts());
    row.put("RowsForwarded", delivered.rowsTaken());
    row.put(
        "RowsHeldBack",
        delivered.rowsHeldBack() + delivered.highRowsHeldBack() + delivered.rowsOverBudget());
    row.put("RowsRejected", delivered.deadLetters());
    row.put("BytesForwarded", delivered.bytesSent());
    if (!service.rules().isEmpty()) {
      row.put("Rules", RuleStatus.line(service.rules()));
    }
    return row;
  }

  private Map<String, @Nullable Object> head(
      Instant now, String source, String status, String reason) {
    String roles =
        service.roles().stream()
            .sorted()
            .map(role -> role.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(","));
    Map<String, @Nullable Object> row =
        head(now, instance, roles, startedAt, settings.interval(), source);
    row.put("Status", status);
    row.put("Reason", Quoted.excerpt(reason, MOST_CHARS));
    return row;
  }

  private static Map<String, @Nullable Object> head(
      Instant now,
      String instance,
      String roles,
      Instant startedAt,
      Duration interval,
      String source) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("TimeGenerated", now);
    row.put("Instance", instance);
    row.put("Version", ProductVersion.number());
    row.put("Roles", roles);
    row.put("StartedAt", startedAt);
    row.put("IntervalSeconds", (int) interval.toSeconds());
    row.put("Source", source);
    return row;
  }

  /** Returns a heartbeat row of typical length, for cost estimates. */
  public static Map<String, @Nullable Object> sample(
      ConfiguredRules rules, String instance, String source, Duration interval) {
    Instant now = Instant.EPOCH;
    Map<String, @Nullable Object> row =
        head(now, instance, "ingest,detect,forward", now, interval, source);
    row.put("Status", "ok");
    row.put("Reason", "");
    new SourceHeartbeat.Numbers(1_000_000, 900_000, 100_000, 1_000, 10, 0, 0, 1_000_000_000)
        .writeTo(row);
    row.put("LagRecords", 100L);
    row.put("LagSeconds", 1.5);
    row.put("NewestAt", now);
    if (source.isEmpty()) {
      row.put("Detections", 100L);
      row.put("RowsForwarded", 1_000L);
      row.put("RowsHeldBack", 10L);
      row.put("RowsRejected", 0L);
      row.put("BytesForwarded", 1_000_000L);
      row.put("Rules", RuleStatus.line(RuleStatus.all(rules.all(), Enrichment.none())));
    }
    return row;
  }
}
