package dev.lockstep.app;

import dev.lockstep.detections.HotPath;
import dev.lockstep.detections.Tally;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.IngestCounts;
import dev.lockstep.ingest.Limits;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Replay before a spectator, who reads the state of its stages at the end. */
final class SpectatedReplay {
  private static final long CLOCK_STEP_MILLIS = 10 * 60_000L;
  private static final long GRACE_MILLIS = 2 * 3_600_000L;

  private final Config.Rules settings;
  private final Enrichment enrichment;
  private final int threads;
  private final long from;
  private final long to;
  private final Limits limits;

  SpectatedReplay(
      Config.Rules settings,
      Enrichment enrichment,
      long from,
      long to,
      int threads,
      Limits limits) {
    this.limits = limits;
    this.settings = settings;
    this.enrichment = enrichment;
    this.from = from;
    this.to = to;
    this.threads = threads;
  }

  Replay.Result run(List<String> paths, InputStream in, Progress progress, Spectator spectator)
      throws IOException {
    try (Scratch scratch = Scratch.make("lockstep-replay");
        ArrivalSorter sorter =
            new ArrivalSorter(
                scratch.folder().resolve("sort"),
                Replay.SORT_MEMORY_BYTES,
                new SortedActivity.Order())) {
      ReplayReading reading = new ReplayReading(limits, from, to, sorter, spectator::reads);
      reading.read(paths, in, threads, progress);
      spectator.hasRead(reading.counts());
      return drive(reading, sorter, progress, spectator);
    }
  }

  private Replay.Result drive(
      ReplayReading reading, ArrivalSorter sorter, Progress progress, Spectator spectator) {
    IngestCounts counts = reading.counts();
    Tally tally = new Tally();
    HotPath.Layout layout = new HotPath.Layout("lockstep.", 1, false, false);
    progress.begin("correlating", counts.total().mapped());
    try (HotPathDriver driver =
        new HotPathDriver(
            HotPath.build(layout, ExplainedSettings.of(settings), enrichment, tally),
            layout,
            spectator::enters)) {
      Entering entering = new Entering(driver, progress, spectator);
      sorter.drain(entering);
      entering.finish();
      var detections = driver.detections();
      spectator.ends(driver);
      return new Replay.Result(
          detections,
          counts,
          reading.rejections(),
          tally,
          enrichment.databases(),
          reading.leftOut(),
          entering.first,
          entering.last,
          ExceptionUse.of(enrichment.exceptions(), tally, entering.last),
          RuleState.all(settings, enrichment.partners()));
    } finally {
      progress.end();
    }
  }

  /** Enters activities in their order, and the clock as it goes on. */
  private static final class Entering implements ArrivalSorter.Sink {
    private final HotPathDriver driver;
    private final Progress progress;
    private final Spectator spectator;
    private final SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    private long first;
    private long last;
    private long clock;
    private long entered;

    Entering(HotPathDriver driver, Progress progress, Spectator spectator) {
      this.spectator = spectator;
      this.driver = driver;
      this.progress = progress;
    }

    @Override
    public void take(long arrivalAt, byte[] item) {
      if (first == 0) {
        first = arrivalAt;
      }
      if (last > 0 && arrivalAt - last > GRACE_MILLIS) {
        driver.clock(last + GRACE_MILLIS);
      }
      last = Math.max(last, arrivalAt);
      if (arrivalAt - clock >= CLOCK_STEP_MILLIS) {
        clock = arrivalAt;
        driver.clock(clock);
      }
      spectator.enters(codec.decode(item));
      driver.enter(item);
      if (++entered % 1_000 == 0) {
        progress.at(entered);
      }
    }

    void finish() {
      if (last > 0) {
        driver.clock(last + GRACE_MILLIS);
      }
    }
  }
}
