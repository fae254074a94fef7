package dev.lockstep.app.cost;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.cost.RawVolume.Volume;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.ForwarderSimulator;
import dev.lockstep.sentinel.logs.StreamForm;
import dev.lockstep.sentinel.sink.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Estimator of Sentinel's monthly bill, which replays captured logs and counts the rows and bytes
 * to be billed.
 */
public final class CostReplay {
  private CostReplay() {}

  /**
   * Replays captured logs, and returns an estimate of Sentinel's monthly bill.
   *
   * @param paths files and folders, which are read twice
   * @param prices prices of a gigabyte that the operator gave
   */
  public static Cost of(Config config, List<String> paths, Cost.Prices prices, Progress progress)
      throws IOException {
    RawVolume raw = RawVolume.of(paths, config.limits(), progress);
    Config.Sentinel sentinel = config.sentinel();
    ForwarderConfig sent = ForwarderConfig.of(ForwarderConfig.SENTINEL);
    StreamForm form =
        sentinel != null && sentinel.lake() != null
            ? StreamForm.DETECTIONS_BESIDE_LAKE
            : StreamForm.DETECTIONS;
    ForwarderSimulator forwarder =
        new ForwarderSimulator(
            sentinel == null
                ? sent
                : sent.withMaxRowsPerHour(sentinel.maxRowsPerHour())
                    .withMaxHighRowsPerHour(sentinel.maxHighRowsPerHour())
                    .withDailyBudget(sentinel.dailyBudget()),
            form);
    Sum sum = new Sum(form == StreamForm.DETECTIONS_BESIDE_LAKE);
    Replay replay =
        new Replay(
            config.rules(),
            Wiring.enrichment(config),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Runtime.getRuntime().availableProcessors(),
            config.limits());
    Replay.Result result =
        replay.runLive(
            paths,
            InputStream.nullInputStream(),
            progress,
            (revision, at) -> {
              sum.add(forwarder.take(revision, Instant.ofEpochMilli(at)), at);
              sum.addToLake(revision, at);
            });
    sum.add(forwarder.until(Instant.ofEpochMilli(sum.last).plus(Duration.ofDays(1))), sum.last);
    return new Cost(
        result.firstArrival(),
        result.lastArrival(),
        sum.volume,
        sum.lake,
        forwarder.heldBack(),
        raw.byCategory(),
        raw.unreadable(),
        Cost.beats(config),
        prices);
  }

  /** Sum of the billed rows and bytes of an estimate. */
  private static final class Sum {
    private final boolean withLake;
    private Volume volume = Volume.NONE;
    private Volume lake = Volume.NONE;
    private long last;

    Sum(boolean withLake) {
      this.withLake = withLake;
    }

    void add(List<Row> rows, long at) {
      last = Math.max(last, at);
      for (Row row : rows) {
        volume = volume.plus(volume(row, at));
      }
    }

    /**
     * Adds a revision to the data lake's volume, which no cap or budget limits. It adds nothing for
     * a rule in shadow, or if the estimate has no data lake.
     */
    void addToLake(Detection revision, long at) {
      if (withLake && !DetectionStatus.isInShadow(revision)) {
        lake = lake.plus(volume(StreamForm.EVIDENCE.row(revision), at));
      }
    }

    private static Volume volume(Row row, long at) {
      try {
        return Cost.row(new String(row.sent(Instant.ofEpochMilli(at)), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
