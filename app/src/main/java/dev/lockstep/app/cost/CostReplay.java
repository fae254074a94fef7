package dev.lockstep.app.cost;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.cost.RawVolume.Volume;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.app.wiring.Wiring;
import dev.lockstep.sentinel.delivery.ForwarderConfig;
import dev.lockstep.sentinel.delivery.RowEstimate;
import dev.lockstep.sentinel.logs.DetectionRow;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replay of captured logs that counts the rows and bytes they would bill in Sentinel. */
public final class CostReplay {
  private CostReplay() {}

  /**
   * Returns what the logs would bill.
   *
   * @param paths files and folders; they are read twice
   * @param price of a gigabyte; null if it is not known
   */
  public static Cost of(
      Config config, List<String> paths, @Nullable Double price, Progress progress)
      throws IOException {
    RawVolume raw = RawVolume.of(paths, config.limits(), progress);
    Config.Sentinel sentinel = config.sentinel();
    ForwarderConfig sent = ForwarderConfig.of(ForwarderConfig.SENTINEL);
    RowEstimate estimate =
        new RowEstimate(
            sentinel == null
                ? sent
                : sent.withMaxRowsPerHour(sentinel.maxRowsPerHour())
                    .withMaxHighRowsPerHour(sentinel.maxHighRowsPerHour())
                    .withDailyBudget(sentinel.dailyBudget()));
    Sum sum = new Sum();
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
            (revision, at) -> sum.add(estimate.take(revision, Instant.ofEpochMilli(at)), at));
    sum.add(estimate.until(Instant.ofEpochMilli(sum.last).plus(Duration.ofDays(1))), sum.last);
    return new Cost(
        result.firstArrival(),
        result.lastArrival(),
        sum.volume,
        estimate.heldBack(),
        raw.byCategory(),
        raw.unreadable(),
        Cost.beats(config),
        price);
  }

  /** Sum of the rows of an estimate. */
  private static final class Sum {
    private Volume volume = Volume.NONE;
    private long last;

    void add(List<DetectionRow> rows, long at) {
      last = Math.max(last, at);
      for (DetectionRow row : rows) {
        try {
          volume = volume.plus(Cost.row(row.json(Instant.ofEpochMilli(at))));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
