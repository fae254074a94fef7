package dev.lockstep.app.replay;

import dev.lockstep.app.rules.ConfiguredRules;
import dev.lockstep.app.rules.RuleSets;
import dev.lockstep.app.rules.RuleStatus;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.DetectionCounters;
import dev.lockstep.detections.explain.ReferencedEvents;
import dev.lockstep.detections.local.LocalDriver;
import dev.lockstep.detections.local.Watcher;
import dev.lockstep.enrichment.Enrichment;
import dev.lockstep.enrichment.geo.GeoDatabases;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.Contribution;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.DetectionStatus;
import dev.lockstep.schemas.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Replay of captured messages through the engine. It reads the messages, sorts their activities by
 * arrival, and runs the rules.
 *
 * <p>Several threads read and correlate. The activities have a total order, so the number of
 * threads does not change the result.
 */
public final class Replay {

  private final ConfiguredRules settings;
  private final Enrichment enrichment;
  private final int threads;
  private final long from;
  private final long to;
  private final Limits limits;
  private Consumer<Activity> reader = activity -> {};
  private Consumer<Contribution> contributions = contribution -> {};
  private AfterRun after = (result, rerun) -> {};
  private @Nullable Watcher watcher;
  private @Nullable ConfiguredRules others;
  private List<Detection> foundByOthers = List.of();

  /**
   * Creates a replay of the records that arrived within a time range.
   *
   * @param from earliest arrival of a record to include, in milliseconds since 1970
   * @param to time in milliseconds since 1970; records that arrived at it or later are left out
   * @param threads number of threads that read and correlate, at least 1
   */
  public Replay(
      ConfiguredRules settings,
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

  /** Creates a replay with the default limits for the sizes of records and compressed files. */
  public Replay(ConfiguredRules settings, Enrichment enrichment, long from, long to, int threads) {
    this(settings, enrichment, from, to, threads, Limits.defaults());
  }

  /**
   * Result of a replay.
   *
   * @param detections last revision of each finding that is not retracted, by end time and id
   * @param leftOut number of records that arrived before {@code --from}, or at {@code --to} or
   *     later
   * @param firstArrival first arrival of an activity, 0 if there was none
   * @param lastArrival last arrival of an activity, 0 if there was none
   * @param exceptions effect of each exception
   * @param rules state of each rule
   */
  public record Result(
      List<Detection> detections,
      IngestCounts counts,
      FirstRejections rejections,
      DetectionCounters counters,
      GeoDatabases databases,
      long leftOut,
      long firstArrival,
      long lastArrival,
      List<ExceptionUse> exceptions,
      List<RuleStatus> rules) {

    /** Returns the number of detections in shadow, which are not sent to sinks. */
    long shadowed() {
      return detections.stream().filter(DetectionStatus::isInShadow).count();
    }

    /** Returns the number of detections of each rule and severity. */
    Map<String, Map<Severity, Long>> byRule() {
      Map<String, Map<Severity, Long>> counts = new TreeMap<>();
      for (Detection detection : detections) {
        counts
            .computeIfAbsent(detection.getRule(), rule -> new TreeMap<>())
            .merge(detection.getSeverity(), 1L, Long::sum);
      }
      return counts;
    }

    /** Returns a copy of this result that has the given detections in place of its own. */
    public Result with(List<Detection> others) {
      return new Result(
          others,
          counts,
          rejections,
          counters,
          databases,
          leftOut,
          firstArrival,
          lastArrival,
          exceptions,
          rules);
    }

    /**
     * Returns a message about records that were read but have no outcome, or null if there are
     * none.
     */
    public @Nullable String missing() {
      return counts.missing(leftOut);
    }
  }

  /**
   * Second run of the rules over the activities of a replay, to explain findings. It evicts
   * nothing, so that the state of every day can be looked at in the end.
   */
  @FunctionalInterface
  public interface Rerun {
    /**
     * Runs the rules over all activities of the replay a second time.
     *
     * @param watcher watch over events of the run
     * @param atEnd function that looks at the state at the end
     */
    void run(ReferencedEvents watcher, Consumer<LocalDriver> atEnd) throws IOException;
  }

  /** Function that a replay calls with its result, while the activities can still be run again. */
  @FunctionalInterface
  public interface AfterRun {
    void take(Result result, Rerun rerun) throws IOException;
  }

  public Replay then(AfterRun then) {
    after = then;
    return this;
  }

  /** Sets a second set of rules, with which a run replays the same activities once more. */
  public Replay alsoUnder(ConfiguredRules rules) {
    others = rules;
    return this;
  }

  /**
   * Returns the findings of the second set of rules, which {@link #alsoUnder} sets. They are made
   * of the same activities. Each finding has its last revision, and retracted ones are left out.
   * The list is empty before a run.
   */
  public List<Detection> foundByOthers() {
    return foundByOthers;
  }

  /** Sets a consumer of each activity that is read. Several threads call it, in any order. */
  public Replay reading(Consumer<Activity> reader) {
    this.reader = reader;
    return this;
  }

  /**
   * Sets a watcher, which receives each event that rules observe, each later revision of an API
   * call, and each suppression of a finding.
   */
  public Replay watching(Watcher watching) {
    watcher = watching;
    return this;
  }

  public Replay contributing(Consumer<Contribution> receiver) {
    contributions = receiver;
    return this;
  }

  public Result run(List<String> paths, InputStream in, Progress progress) throws IOException {
    return run(paths, in, progress, (LocalDriver.Revisions) null);
  }

  /**
   * Reads and decodes captured logs without running rules, and returns a result without detections.
   */
  public Result decode(List<String> paths, InputStream in, Progress progress) throws IOException {
    CaptureReader captures =
        new CaptureReader(limits, settings.rawFields(), from, to, null, reader);
    captures.read(paths, in, threads, progress);
    return result(List.of(), captures, new DetectionCounters(), 0, 0);
  }

  /**
   * Replays captured logs, and passes every revision of a detection to a receiver, in the order of
   * time. A simulated wall clock follows the arrival times.
   */
  public Result runLive(
      List<String> paths, InputStream in, Progress progress, LocalDriver.Revisions revisions)
      throws IOException {
    return run(paths, in, progress, revisions);
  }

  private Result run(
      List<String> paths,
      InputStream in,
      Progress progress,
      LocalDriver.@Nullable Revisions revisions)
      throws IOException {
    try (SortedCapture capture =
        new SortedCapture(limits, settings.rawFields(), from, to, threads, reader)) {
      capture.read(paths, in, progress);
      Result result = drive(capture, progress, revisions);
      if (others != null) {
        foundByOthers = capture.replay(others, enrichment, "correlating without", progress);
      }
      after.take(
          result,
          (watcher, atEnd) ->
              capture.watched(
                  RuleSets.of(settings), enrichment, watcher, atEnd, "explaining", progress));
      return result;
    }
  }

  private Result drive(
      SortedCapture capture, Progress progress, LocalDriver.@Nullable Revisions revisions) {
    IngestCounts counts = capture.counts();
    DetectionCounters counters = new DetectionCounters();
    try (LocalDriver driver = capture.driver(RuleSets.of(settings), enrichment, counters, true)) {
      driver.onContribution(contributions);
      if (watcher != null) {
        driver.watch(watcher);
      }
      if (revisions != null) {
        driver.onRevision(revisions);
      }
      ArrivalFeed entered = capture.enter(driver, revisions != null, "correlating", progress);
      if (entered.entered() != counts.total().mapped()) {
        counts.broken(
            "the numbers of activities that were read (%d) and that reached the rules (%d) differ"
                .formatted(counts.total().mapped(), entered.entered()));
      }
      return result(
          driver.detections(), capture.captures(), counters, entered.first(), entered.last());
    }
  }

  private Result result(
      List<Detection> detections,
      CaptureReader captures,
      DetectionCounters counters,
      long first,
      long last) {
    return new Result(
        detections,
        captures.counts(),
        captures.rejections(),
        counters,
        enrichment.databases(),
        captures.leftOut(),
        first,
        last,
        ExceptionUse.of(enrichment.exceptions(), counters, last),
        RuleStatus.all(settings.all(), enrichment));
  }
}
