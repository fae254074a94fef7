package dev.lockstep.app.replay;

import dev.lockstep.app.file.TemporaryFolder;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** Capture that is read and sorted once and replayed any number of times. */
public final class SortedCapture implements AutoCloseable {
  private final TemporaryFolder temporary = TemporaryFolder.make("lockstep-sorted");
  private final ArrivalSorter sorter =
      new ArrivalSorter(
          temporary.folder().resolve("sort"), Replay.SORT_MEMORY_BYTES, new SortedActivity.Order());
  private final CaptureReader captures;
  private final int threads = Runtime.getRuntime().availableProcessors();

  /**
   * Creates an empty capture.
   *
   * @param raw raw fields to look for, those of the rules that replay it
   * @param from earliest arrival of a record to include, in milliseconds since 1970
   * @param to arrival from which records are left out, in milliseconds since 1970
   */
  public SortedCapture(Limits limits, RawFieldPlan raw, long from, long to) {
    captures = new CaptureReader(limits, raw, from, to, sorter, activity -> {});
  }

  /** Reads the files and folders; to be called once. */
  public void read(List<String> paths, InputStream in, Progress progress) throws IOException {
    captures.read(paths, in, threads, progress);
  }

  /** Returns the counters of the read records and their outcomes. */
  public IngestCounts counts() {
    return captures.counts();
  }

  /** Passes on every activity by arrival. */
  public void forEach(String work, Progress progress, Consumer<Activity> action) {
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    progress.begin(work, counts().total().mapped());
    long[] done = {0};
    try {
      sorter.drain(
          (arrivalAt, item) -> {
            action.accept(codec.decode(item));
            if (++done[0] % 1_000 == 0) {
              progress.at(done[0]);
            }
          });
    } finally {
      progress.end();
    }
  }

  /** Replays the capture, and returns the last revision of each finding that is not retracted. */
  public List<Detection> replay(
      ConfiguredRules settings, Enrichment enrichment, String work, Progress progress) {
    progress.begin(work, counts().total().mapped());
    try (LocalDriver driver =
        new LocalDriver(
            RuleSets.of(settings),
            captures.joins(),
            enrichment,
            new DetectionCounters(),
            threads,
            true)) {
      ArrivalFeed entering = new ArrivalFeed(driver, progress, false);
      sorter.drain(entering);
      entering.finish();
      return driver.detections();
    } finally {
      progress.end();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      sorter.close();
    } finally {
      temporary.close();
    }
  }
}
