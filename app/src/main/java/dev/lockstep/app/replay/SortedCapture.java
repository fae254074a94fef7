package dev.lockstep.app.replay;

import dev.lockstep.app.file.TemporaryFolder;
import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.local.Watcher;
import dev.lockstep.detections.rule.RuleSet;
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
import org.jspecify.annotations.Nullable;

/** Capture that is read and sorted once, and can then be replayed any number of times. */
public final class SortedCapture implements AutoCloseable {

  private static final long SORT_MEMORY_BYTES = 48L * 1024 * 1024;

  private final TemporaryFolder temporary = TemporaryFolder.make("lockstep-sorted");
  private final ArrivalSorter sorter =
      new ArrivalSorter(temporary.folder().resolve("sort"), SORT_MEMORY_BYTES, new ActivityOrder());
  private final CaptureReader captures;
  private final int threads;

  /**
   * Creates an empty capture, to be filled by {@link #read}. All cores are used to read and replay
   * the capture.
   *
   * @param raw raw fields to look for: those of all rules with which the capture is replayed
   * @param from earliest arrival of a record to include, in milliseconds since 1970
   * @param to time in milliseconds since 1970; records that arrived at it or later are left out
   */
  public SortedCapture(Limits limits, RawFieldPlan raw, long from, long to) {
    this(limits, raw, from, to, Runtime.getRuntime().availableProcessors(), activity -> {});
  }

  /**
   * Creates an empty capture, to be filled by {@link #read}.
   *
   * @param threads number of threads that read and replay, at least 1
   * @param reader consumer of each activity as it is read, called in no order and by each thread
   */
  public SortedCapture(
      Limits limits, RawFieldPlan raw, long from, long to, int threads, Consumer<Activity> reader) {
    this.threads = threads;
    captures = new CaptureReader(limits, raw, from, to, sorter, reader);
  }

  /** Reads captured logs from files, folders or standard input. This may be called only once. */
  public void read(List<String> paths, InputStream in, Progress progress) throws IOException {
    captures.read(paths, in, threads, progress);
  }

  public IngestCounts counts() {
    return captures.counts();
  }

  CaptureReader captures() {
    return captures;
  }

  /** Passes every activity to a consumer, in the order of arrival. */
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
      progress.done();
    } finally {
      progress.end();
    }
  }

  /** Replays the capture, and returns the last revision of each finding that is not retracted. */
  public List<Detection> replay(
      ConfiguredRules settings, Enrichment enrichment, String work, Progress progress) {
    return replay(RuleSets.of(settings), enrichment, null, work, progress);
  }

  /**
   * Replays the capture, and returns the last revision of each finding that is not retracted.
   *
   * @param watcher watch over the judgements, or null
   */
  public List<Detection> replay(
      RuleSet rules,
      Enrichment enrichment,
      @Nullable Watcher watcher,
      String work,
      Progress progress) {
    try (LocalDriver driver = driver(rules, enrichment, new DetectionCounters(), true)) {
      if (watcher != null) {
        driver.watch(watcher);
      }
      enter(driver, false, work, progress);
      return driver.detections();
    }
  }

  /**
   * Replays the capture without eviction, and then lets a function look at the state of every day.
   *
   * @param atEnd function that looks at the state at the end
   * @return feed with its counts
   */
  public ArrivalFeed watched(
      RuleSet rules,
      Enrichment enrichment,
      Watcher watcher,
      Consumer<LocalDriver> atEnd,
      String work,
      Progress progress) {
    try (LocalDriver driver = driver(rules, enrichment, new DetectionCounters(), false)) {
      driver.watch(watcher);
      ArrivalFeed entered = enter(driver, false, work, progress);
      atEnd.accept(driver);
      return entered;
    }
  }

  /**
   * Creates a driver that runs the given rules over the activities of this capture. The caller then
   * calls {@link #enter} to pass the activities to the driver, and has to close the driver.
   *
   * @param evicts whether state is evicted as in the service
   */
  public LocalDriver driver(
      RuleSet rules, Enrichment enrichment, DetectionCounters counters, boolean evicts) {
    return new LocalDriver(rules, captures.joins(), enrichment, counters, threads, evicts);
  }

  /**
   * Passes every activity to a driver in the order of arrival, and then advances the watermark past
   * the last arrival.
   *
   * @param live whether a wall clock follows the arrival times, so that delayed revisions go out on
   *     time
   * @return feed with its counts
   */
  public ArrivalFeed enter(LocalDriver driver, boolean live, String work, Progress progress) {
    progress.begin(work, counts().total().mapped());
    try {
      ArrivalFeed feed = new ArrivalFeed(driver, progress, live);
      sorter.drain(feed);
      feed.finish();
      progress.done();
      return feed;
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
