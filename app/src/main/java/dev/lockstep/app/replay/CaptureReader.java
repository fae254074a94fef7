package dev.lockstep.app.replay;

import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.terminal.Progress;
import dev.lockstep.detections.join.JoinableCalls;
import dev.lockstep.detections.join.JoinableLogs;
import dev.lockstep.ingest.category.CategoryNames;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.AccountedReader;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.ActivityKind;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reader of captures on several threads, which counts the outcomes of records and passes the
 * activities to a sorter. {@link ArrivalSorter} makes their order independent of the threads.
 */
public final class CaptureReader {
  private static final int BATCH_BYTES = 256 * 1024;
  private static final List<SourceMessage> END = List.of();

  /**
   * Longest time from a token's issue to the arrival of a call with the token. The call may come
   * two days later, and arrive a day after that.
   */
  private static final long ISSUED_BEFORE_MILLIS = 3 * 86_400_000L;

  private static final long ISSUED_AFTER_MILLIS = 5 * 60_000L;

  private final Limits limits;
  private final RawFieldPlan raw;
  private final long from;
  private final long to;
  private final @Nullable ArrivalSorter sorter;
  private final Consumer<Activity> reads;
  private final IngestCounts counts = new IngestCounts();
  private final FirstRejections rejections = new FirstRejections();
  private final LongAdder leftOut = new LongAdder();
  private volatile boolean hasLinks;
  private volatile boolean hasEdges;
  private volatile boolean hasFirewall;

  /**
   * Creates a reader of the captured records that arrived in a span of time.
   *
   * @param raw raw fields to look for
   * @param from earliest arrival of a record to include, in milliseconds since 1970
   * @param to time in milliseconds since 1970; records that arrived at it or later are left out
   * @param sorter sorter for the activities; null to drop them
   * @param reads consumer of each activity, called in no order and by several threads
   */
  public CaptureReader(
      Limits limits,
      RawFieldPlan raw,
      long from,
      long to,
      @Nullable ArrivalSorter sorter,
      Consumer<Activity> reads) {
    this.limits = limits;
    this.raw = raw;
    this.from = from;
    this.to = to;
    this.sorter = sorter;
    this.reads = reads;
  }

  public IngestCounts counts() {
    return counts;
  }

  FirstRejections rejections() {
    return rejections;
  }

  long leftOut() {
    return leftOut.sum();
  }

  /**
   * Returns which of these logs the capture has: identity links, Front Door's records of requests,
   * and records of its firewall. No call waits for any other log.
   */
  public JoinableLogs joins() {
    return new JoinableLogs(hasLinks, hasEdges, hasFirewall);
  }

  public void read(List<String> paths, InputStream in, int threads, Progress progress)
      throws IOException {
    CaptureFiles files = new CaptureFiles(limits);
    progress.begin("reading", files.totalBytes(paths));
    BlockingQueue<List<SourceMessage>> batches = new ArrayBlockingQueue<>(4 * threads);
    ExecutorService readers =
        Executors.newFixedThreadPool(threads, new DaemonThreadFactory("replay-reader"));
    try {
      List<Future<?>> working = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        working.add(readers.submit(() -> takeApart(batches)));
      }
      Batcher batcher = new Batcher(batches, working);
      files.read(
          paths,
          in,
          batcher::add,
          damage -> {
            counts.began(1);
            counts.count(damage);
            rejections.record(damage);
          },
          progress::at);
      batcher.end(threads);
      for (Future<?> worker : working) {
        await(worker);
      }
      progress.done();
    } finally {
      readers.shutdownNow();
      progress.end();
    }
  }

  /** Collector that forms batches of messages, so that threads exchange fewer objects. */
  private static final class Batcher {
    private final BlockingQueue<List<SourceMessage>> batches;
    private final List<Future<?>> working;
    private List<SourceMessage> batch = new ArrayList<>();
    private long bytes;

    Batcher(BlockingQueue<List<SourceMessage>> batches, List<Future<?>> working) {
      this.batches = batches;
      this.working = working;
    }

    void add(SourceMessage message) {
      batch.add(message);
      bytes += message.body().length;
      if (bytes >= BATCH_BYTES) {
        put(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
    }

    void end(int threads) {
      if (!batch.isEmpty()) {
        put(batch);
      }
      for (int i = 0; i < threads; i++) {
        put(END);
      }
    }

    private void put(List<SourceMessage> full) {
      try {
        while (!batches.offer(full, 1, TimeUnit.SECONDS)) {
          for (Future<?> worker : working) {
            if (worker.isDone()) {
              await(worker);
            }
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new OperatorException(
            "could not read the captured logs: the program was interrupted; start it again");
      }
    }
  }

  private static void await(Future<?> worker) {
    try {
      worker.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperatorException(
          "could not read the captured logs: the program was interrupted; start it again");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void takeApart(BlockingQueue<List<SourceMessage>> batches) {
    AccountedReader reader = new AccountedReader(new MessageReader(limits, () -> raw), counts);
    SingleObject<Activity> codec = new SingleObject<>(Activity.getClassSchema());
    try {
      for (List<SourceMessage> batch = batches.take(); batch != END; batch = batches.take()) {
        for (SourceMessage message : batch) {
          for (Outcome outcome : reader.read(message)) {
            if (outside(outcome)) {
              leftOut.increment();
              continue;
            }
            counts.count(outcome);
            rejections.record(outcome, message.where());
            if (outcome instanceof Outcome.Mapped mapped) {
              Activity activity = mapped.activity();
              reads.accept(activity);
              record(activity);
              if (sorter != null) {
                sorter.add(activity.getArrivalAt(), codec.encode(activity));
              }
            }
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void record(Activity activity) {
    if (activity.getKind() == ActivityKind.IDENTITY_LINK) {
      if (!hasLinks) {
        hasLinks = true;
      }
    } else if (activity.getKind() == ActivityKind.EDGE_REQUEST) {
      if (!hasEdges && JoinableCalls.isEdge(activity)) {
        hasEdges = true;
      }
      if (!hasFirewall && activity.getCategory().equals(CategoryNames.FIREWALL)) {
        hasFirewall = true;
      }
    }
  }

  /**
   * Returns whether a mapped or quarantined record is outside the range of times to replay.
   * Identity links without any time are inside. The range is wider for a link that only has the
   * issue time of its token.
   */
  private boolean outside(Outcome outcome) {
    long arrivalAt;
    if (outcome instanceof Outcome.Mapped mapped) {
      arrivalAt = mapped.activity().getArrivalAt();
      if (arrivalAt == 0 && mapped.activity().getKind() == ActivityKind.IDENTITY_LINK) {
        return false;
      } else if (JoinableCalls.isPlacedByIssue(mapped.activity())) {
        return arrivalAt + ISSUED_BEFORE_MILLIS < from || arrivalAt - ISSUED_AFTER_MILLIS >= to;
      }
    } else if (outcome instanceof Outcome.Quarantined quarantined) {
      arrivalAt = quarantined.letter().getArrivalAt();
    } else {
      return false;
    }
    return arrivalAt < from || arrivalAt >= to;
  }
}
