package dev.lockstep.app.cli;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.cost.Cost;
import dev.lockstep.app.cost.RawVolume;
import dev.lockstep.app.cost.RawVolume.Volume;
import dev.lockstep.app.process.ExitCode;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.OperatorException;
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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "cost",
    description = {
      "Tells what a month of such traffic as captured would bill in Sentinel.",
      "By Lockstep's rows, and if everything were sent there raw."
    })
public final class CostCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Option(
      names = "--price-per-gb",
      paramLabel = "PRICE",
      description = "What a gigabyte costs where you are, in any currency (default: no prices).")
  private @Nullable Double pricePerGb;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private CaptureInput input = new CaptureInput();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Double price = pricePerGb;
    if (price != null && !(price >= 0 && price < 1e6)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--price-per-gb is a number of at least 0, such as 4.3");
    }
    if (input.paths().contains("-")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "cost reads its input twice, so it takes files and folders only");
    }
    Config read = config.read();
    Cost cost;
    try {
      cost = of(read, input.paths(), price, input.progress());
    } catch (IOException | UncheckedIOException e) {
      throw OperatorException.saying(e);
    }
    if (json) {
      System.out.println(cost.json());
    } else {
      cost.print(System.out);
    }
    if (cost.unreadable() > 0) {
      System.err.println(
          "Not in it: "
              + DisplayFormat.many(cost.unreadable(), "message")
              + " that could not be read to the end; lockstep replay says which");
    }
    return ExitCode.DONE;
  }

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

  /** What the rows come to. */
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
