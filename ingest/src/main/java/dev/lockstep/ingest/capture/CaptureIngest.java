package dev.lockstep.ingest.capture;

import dev.lockstep.ingest.capture.CaptureListing.Listed;
import dev.lockstep.ingest.cluster.ClusterClients;
import dev.lockstep.ingest.cluster.KafkaTarget;
import dev.lockstep.ingest.cluster.PartitionWriter;
import dev.lockstep.ingest.cluster.PositionMove;
import dev.lockstep.ingest.cluster.SourceAnnouncement;
import dev.lockstep.ingest.cluster.SourcePartition;
import dev.lockstep.ingest.cluster.TargetClients;
import dev.lockstep.ingest.file.CaptureFiles;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.ingest.source.Ingest;
import dev.lockstep.ingest.source.ReadingLoop;
import dev.lockstep.ingest.source.SourceHealth;
import dev.lockstep.ingest.source.StartPositionCheck;
import dev.lockstep.schemas.FileRead;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Source that reads the captured files of a folder into the target cluster, also files that are
 * added later.
 *
 * <p>Files are read in the order of their time ({@link CaptureListing}). Files that overlap are
 * merged by arrival; messages of one file keep their order. A file is read once it has not been
 * written to for 5 seconds. If a file grows later, reading continues where it ended.
 */
public final class CaptureIngest implements Ingest {
  static final String HUB = "capture";

  private static final Logger LOG = LoggerFactory.getLogger(CaptureIngest.class);
  private static final String EVERY_FILE = "every file is read, even one read before";
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long RETRY_MILLIS = 1000;
  private static final long UNCHANGED_MILLIS = 5_000;
  private static final long LOOK_MILLIS = 5_000;

  /**
   * Shortest pause before the next listing of a folder, as a multiple of the time that the last
   * listing took.
   */
  private static final long PAUSE_FACTOR = 10;

  private final CaptureSourceConfig config;
  private final KafkaTarget target;
  private final TargetClients clients;
  private final IngestCounts counts;
  private final InstantSource clock;
  private final SourcePartition partition;
  private final Limits limits;
  private final CaptureListing listing;
  private final PartitionWriter writer;
  private final CaptureBatch batch;
  private final ReadingLoop loop;
  private final SourceHealth health;

  /**
   * Sizes of the files that were read and hold neither a message nor a damaged place, by path. No
   * position is stored for these files.
   */
  private final Map<String, Long> empty = new HashMap<>();

  private CaptureProgress progress;
  private boolean announced;
  private long lookAt;
  private volatile @Nullable ExclusiveReader exclusiveReader;
  private volatile Status status = new Status(0, 0, "");
  private volatile long left;

  /**
   * Signal that ends the reading of files, because the source closes or this instance no longer
   * owns the folder.
   */
  private static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("", null, false, false);
    }
  }

  /**
   * Creates a source that reads nothing until it is run.
   *
   * @param raw supplier of the raw fields to look for, called for each record
   * @param counts counters, which count the outcome of a record when it is committed
   * @param clock clock for the age of files, the next listing, and idle times
   */
  public CaptureIngest(
      CaptureSourceConfig source,
      KafkaTarget target,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock) {
    this(source, target, new ClusterClients(target), limits, raw, counts, clock);
  }

  CaptureIngest(
      CaptureSourceConfig source,
      KafkaTarget target,
      TargetClients clients,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      IngestCounts counts,
      InstantSource clock) {
    this.config = source;
    this.loop = new ReadingLoop(source.name());
    this.health = new SourceHealth(source.name());
    this.target = target;
    this.clients = clients;
    this.counts = counts;
    this.clock = clock;
    this.partition = new SourcePartition(source.name(), HUB, 0, false);
    this.limits = limits;
    this.batch = new CaptureBatch(source.name());
    MessageReader reader = new MessageReader(limits, raw);
    this.listing = new CaptureListing(source.folder(), new CaptureFiles(limits), reader);
    this.writer = new PartitionWriter(partition, target, clients, reader, clock);
    this.progress = new CaptureProgress(partition, List.of());
  }

  @Override
  public Status status() {
    return status;
  }

  @Override
  public List<Lag> lags() {
    return status.open() == 0 ? List.of() : List.of(new Lag(HUB, 0, left));
  }

  @Override
  public void announce() {
    announced = true;
    new SourceAnnouncement(config.name(), HUB, target, clients).write(false);
  }

  @Override
  public void move(String from) {
    PositionMove.retryWhereFenced(() -> moveOnce(from));
  }

  private void moveOnce(String from) {
    try {
      writer.fence();
      List<Position> stored = writer.positions().below(partition);
      CaptureProgress moved = new CaptureProgress(partition, List.of());
      long before = before(from);
      int left = 0;
      int skipped = 0;
      for (Listed file : before == Long.MIN_VALUE ? List.<Listed>of() : listing.list()) {
        if (file.at() < before) {
          moved.record(file.path(), 0, file.bytes());
          skipped++;
        } else {
          left++;
        }
      }
      List<Position> to = moved.all();
      Set<String> kept = new HashSet<>();
      to.forEach(position -> kept.add(position.getShelf()));
      List<Position> removed =
          stored.stream().filter(position -> !kept.contains(position.getShelf())).toList();
      writer.move(to, removed);
      LOG.warn(
          "{}: \"lockstep run --from\" has moved the position to {}; effect: {}",
          config.name(),
          before == Long.MIN_VALUE || before == Long.MAX_VALUE
              ? from
              : "the beginning of the day of " + from,
          before == Long.MIN_VALUE ? EVERY_FILE : effect(skipped, left));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.close();
    }
  }

  private static String effect(int skipped, int left) {
    if (left == 0 && skipped == 0) {
      return "the folder has no file now; every file that is added later is read";
    }
    if (left == 0) {
      return "every file that is in the folder now is skipped; a skipped file that grows later is"
          + " read from its start";
    }
    return skipped == 0
        ? EVERY_FILE
        : skipped
            + (skipped == 1 ? " file is skipped" : " files are skipped")
            + ", and the other "
            + (left == 1 ? "one is read, even if it was" : left + " are read, even those")
            + " read before";
  }

  /**
   * Returns the time in milliseconds since 1970 before which files are skipped. It is the start of
   * the UTC day of {@code from}. For {@code earliest} no file is skipped, for {@code latest} every
   * file.
   */
  private static long before(String from) {
    return switch (from) {
      case StartPositionCheck.EARLIEST -> Long.MIN_VALUE;
      case StartPositionCheck.LATEST -> Long.MAX_VALUE;
      default -> Instant.parse(from).truncatedTo(ChronoUnit.DAYS).toEpochMilli();
    };
  }

  @Override
  public void run() {
    loop.run(Quoted.of(config.folder().toString()), this::readUntilFailure);
  }

  @Override
  public void close() {
    loop.end();
    ExclusiveReader waiting = exclusiveReader;
    if (waiting != null) {
      waiting.wakeup();
    }
    loop.awaitEnd();
  }

  void readUntilFailure() {
    String group = target.ingestGroup(config.name());
    try (ExclusiveReader joined =
        new ExclusiveReader(clients.member(group), target.positionsTopic())) {
      exclusiveReader = joined;
      while (!loop.isOver()) {
        step(joined);
      }
    } catch (WakeupException e) {
      // close() was called
    } catch (InterruptException e) {
      loop.end();
    } catch (KafkaException e) {
      if (KafkaTarget.isFenced(e)) {
        LOG.warn(
            "{}: the target cluster has fenced this instance's writer for the folder: another"
                + " instance has taken the folder over, \"lockstep run --from\" has moved its position,"
                + " or a transaction timed out; this instance reads the folder again only if no other"
                + " instance does",
            config.name());
      } else {
        reportProblem("the target cannot be written to" + target.fix(e), e);
      }
      loop.pauseOrEnd(RETRY_MILLIS);
    } catch (RuntimeException e) {
      health.reportFault(e);
      status = status(0);
      loop.pauseOrEnd(RETRY_MILLIS);
    } finally {
      exclusiveReader = null;
      release();
    }
  }

  void step(ExclusiveReader reader) {
    if (!reader.acquire(POLL)) {
      release();
      if (reader.isAnothers()) {
        health.drop(SourceHealth.WHOLE);
      }
      status = new Status(0, 0, health.firstProblem());
      return;
    }
    try {
      if (!writer.isOpen()) {
        open();
      }
      writer.tick(left == 0);
      if (clock.millis() >= lookAt) {
        look(reader);
      }
    } catch (StoppedException e) {
      release();
    } catch (IOException e) {
      reportProblem("the folder cannot be read", e);
    }
    status = new Status(1, writer.isOpen() ? 1 : 0, health.firstProblem());
  }

  private void open() {
    writer.fence();
    progress = new CaptureProgress(partition, writer.positions().below(partition));
    var begin = partition.position(0, progress.last());
    begin.setShelf("");
    writer.open(begin, List.of(partition.partition()));
    lookAt = 0;
    LOG.info(
        "{}: this instance reads the folder {}",
        config.name(),
        Quoted.of(config.folder().toString()));
    if (announced) {
      new SourceAnnouncement(config.name(), HUB, target, clients).write(true);
      announced = false;
    }
  }

  private void release() {
    writer.close();
    batch.clear();
  }

  private void look(ExclusiveReader reader) throws IOException {
    long beganAt = clock.millis();
    List<Listed> news = new ArrayList<>();
    boolean waiting = false;
    Set<String> there = new HashSet<>();
    for (Listed file : listing.list()) {
      there.add(file.path().path());
      if (isNew(file)) {
        boolean isUnchanged = Math.abs(beganAt - file.modifiedAt()) >= UNCHANGED_MILLIS;
        waiting |= !isUnchanged;
        if (isUnchanged) {
          news.add(file);
        }
      }
    }
    empty.keySet().retainAll(there);
    long took = clock.millis() - beganAt;
    lookAt =
        clock.millis() + Math.max(waiting ? POLL.toMillis() : LOOK_MILLIS, PAUSE_FACTOR * took);
    if (read(news, reader)) {
      health.clear(SourceHealth.WHOLE);
    }
  }

  private boolean isNew(Listed file) {
    FileRead read = progress.of(file.path());
    return read.getBytes() != file.bytes()
        && empty.getOrDefault(file.path().path(), -1L) != file.bytes();
  }

  /**
   * Reads the messages of files in the order of arrival times, and returns whether all files were
   * read to their ends.
   */
  private boolean read(List<Listed> inOrder, ExclusiveReader reader) {
    boolean[] whole = {true};
    try (CaptureMerge merge = new CaptureMerge(inOrder, this::entriesRead, limits)) {
      merge.run(
          new CaptureMerge.Visitor() {
            @Override
            public void entry(CaptureFeed file, CaptureFeed.Entry entry) {
              left = merge.left();
              batch.take(file, entry);
              flushIfFull(reader);
            }

            @Override
            public void end(CaptureFeed file) {
              whole[0] &= record(file);
              flushIfFull(reader);
            }

            @Override
            public void waits() {
              checkOwnership(reader);
            }
          });
      flush();
      left = 0;
      checkOwnership(reader);
    }
    return whole[0];
  }

  private long entriesRead(Listed file) {
    FileRead read = progress.of(file.path());
    if (read.getBytes() <= file.bytes()) {
      return read.getEntries();
    }
    LOG.warn(
        "{}: the file {} has {} bytes now, fewer than the {} that it had when it was read, so this"
            + " instance takes it for another file and reads it from its start",
        config.name(),
        Quoted.of(file.path().path()),
        file.bytes(),
        read.getBytes());
    return 0;
  }

  private boolean record(CaptureFeed feed) {
    Listed file = feed.file();
    IOException failure = feed.failure();
    batch.ended(feed);
    if (failure != null) {
      progress.record(file.path(), feed.entries(), -1);
      reportProblem("the file " + Quoted.of(file.path().path()) + " cannot be read", failure);
      return false;
    }
    boolean hadContent = progress.of(file.path()).getBytes() > 0;
    if (feed.entries() == 0 && !hadContent) {
      empty.put(file.path().path(), file.bytes());
    } else { // also if it is empty now, since it may grow beyond its former size
      progress.record(file.path(), feed.entriesToLastMessage(), file.bytes());
    }
    return true;
  }

  private void flushIfFull(ExclusiveReader reader) {
    if (batch.isFull()) {
      flush();
      checkOwnership(reader);
    }
  }

  private void flush() {
    if (batch.isEmpty() && !progress.hasChanged()) {
      return;
    }
    for (CaptureFeed file : batch.files()) {
      progress.record(file.file().path(), file.entries(), -1);
    }
    writer.take(batch.messages(), batch.damages(), progress.changed(), counts);
    batch.clear();
  }

  private void checkOwnership(ExclusiveReader reader) {
    if (loop.isOver() || !reader.acquire(Duration.ZERO)) {
      throw new StoppedException();
    }
  }

  private void reportProblem(String what, Exception e) {
    health.reportWithCauses(SourceHealth.WHOLE, what, e);
    status = status(0);
  }

  private Status status(int open) {
    return new Status(status.assigned(), open, health.firstProblem());
  }
}
