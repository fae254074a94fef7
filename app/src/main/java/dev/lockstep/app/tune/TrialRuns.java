package dev.lockstep.app.tune;

import dev.lockstep.app.file.TemporaryFolder;
import dev.lockstep.app.replay.ArrivalFeed;
import dev.lockstep.app.replay.ArrivalSorter;
import dev.lockstep.app.replay.CaptureReader;
import dev.lockstep.app.replay.Replay;
import dev.lockstep.app.replay.SortedActivity;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.local.Watcher;
import dev.lockstep.detections.rule.RuleSet;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Detection;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Captured logs that are read once and judged by several sets of rules. */
final class TrialRuns implements Closeable {
  private final TemporaryFolder temporary = TemporaryFolder.make("lockstep-tune");
  private final ArrivalSorter sorter =
      new ArrivalSorter(
          temporary.folder().resolve("sort"), Replay.SORT_MEMORY_BYTES, new SortedActivity.Order());
  private final CaptureReader captures;
  private final int threads = Runtime.getRuntime().availableProcessors();
  private final Progress progress;

  /**
   * Creates runs of nothing.
   *
   * @param raw raw fields to look for
   */
  TrialRuns(Limits limits, RawFieldPlan raw, Progress progress) {
    this.progress = progress;
    this.captures =
        new CaptureReader(limits, raw, Long.MIN_VALUE, Long.MAX_VALUE, sorter, activity -> {});
  }

  /** Reads captured logs. */
  void read(List<String> paths, InputStream in) throws IOException {
    captures.read(paths, in, threads, progress);
  }

  IngestCounts counts() {
    return captures.counts();
  }

  /** Returns the last revision of each finding that is not retracted. */
  List<Detection> run(
      RuleSet rules, Enrichment enrichment, DetectionCounters counters, @Nullable Watcher watcher) {
    progress.begin("correlating", captures.counts().total().mapped());
    try (LocalDriver driver =
        new LocalDriver(rules, captures.joins(), enrichment, counters, threads, true)) {
      if (watcher != null) {
        driver.watch(watcher);
      }
      ArrivalFeed feed = new ArrivalFeed(driver, progress, false);
      sorter.drain(feed);
      feed.finish();
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
