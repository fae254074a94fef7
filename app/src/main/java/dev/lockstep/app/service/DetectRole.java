package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Cluster;
import dev.lockstep.app.process.ProcessEnd;
import dev.lockstep.app.terminal.DisplayFormat;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.ingest.cluster.MissingRight;
import dev.lockstep.schemas.ClusterNames;
import dev.lockstep.schemas.process.Causes;
import dev.lockstep.schemas.text.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Role of an instance that makes detections: it runs Kafka Streams, and keeps the failures of
 * threads and the progress of tasks.
 *
 * <p>A thread that fails because of something outside, such as a missing topic, a missing right, a
 * full disk or a transaction that took too long, is replaced as long as the problem lasts. A thread
 * that fails for another reason is replaced up to {@value ThreadFailures#MOST} times in 10 minutes,
 * and then the service is given up. It is given up at once if files of the state folder are gone,
 * because only a restart creates them again. An {@link Error} that no rule can have caused, such as
 * a full heap, ends the process at once.
 */
final class DetectRole {
  private static final Logger LOG = LoggerFactory.getLogger(DetectRole.class);
  private static final long PAUSE_MILLIS = 2_000;

  /**
   * Longest rebalance or restore during which a role that ran before still counts as ready. It is
   * also the time for which the role is not ready after a problem outside the process stopped a
   * thread.
   */
  private static final Duration UNREADY_AFTER = Duration.ofSeconds(15);

  /**
   * Time after which the liveness probe fails if this role has made no progress and nothing outside
   * the process was wrong. A restart may help then.
   */
  private static final Duration STUCK = Duration.ofMinutes(5);

  private final KafkaStreams streams;
  private final StateFolder folder;
  private final Supplier<@Nullable String> outside;
  private final Consumer<String> giveUp;
  private final ProcessEnd end;
  private final ThreadFailures failures = new ThreadFailures(System::nanoTime);
  private final TaskProgress progress = new TaskProgress(System::nanoTime);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean hasRun;
  private volatile @Nullable Stopped stopped;
  private volatile long notRunningAt = System.nanoTime();

  private record Stopped(String cause, long atNanos) {}

  private DetectRole(
      KafkaStreams streams,
      StateFolder folder,
      Supplier<@Nullable String> outside,
      Consumer<String> giveUp,
      ProcessEnd end) {
    this.streams = streams;
    this.folder = folder;
    this.outside = outside;
    this.giveUp = giveUp;
    this.end = end;
  }

  /**
   * Starts Kafka Streams with the topology of the detections and a folder for its state.
   *
   * @param mark hash of the instance's settings, for its client id
   * @param outside check of what the role needs; it returns the problem, or null
   * @param giveUp receiver of the reason why the service cannot continue
   * @throws OperatorException if the settings of the cluster or the folder cannot be used
   */
  static DetectRole start(
      Config.Kafka kafka,
      StateFolder folder,
      String mark,
      Topology topology,
      Supplier<@Nullable String> outside,
      Consumer<String> giveUp,
      ProcessEnd end) {
    KafkaStreams streams;
    try {
      streams =
          new KafkaStreams(
              topology, DetectSettings.of(kafka, folder.path(), folder.instanceId(), mark));
      folder.restrict();
      folder.watch(new ClusterNames(kafka.topicPrefix()).detect());
    } catch (KafkaException e) {
      throw Cluster.unusable(e);
    } catch (IOException e) {
      throw OperatorException.of(e);
    }
    DetectRole detect = new DetectRole(streams, folder, outside, giveUp, end);
    streams.setUncaughtExceptionHandler(detect::failed);
    streams.setStateListener(detect::changed);
    streams.start();
    return detect;
  }

  KafkaStreams streams() {
    return streams;
  }

  private void changed(KafkaStreams.State now, KafkaStreams.State before) {
    LOG.info("detect: the state of Kafka Streams changed to {} from {}", now, before);
    if (now == KafkaStreams.State.RUNNING) {
      hasRun = true;
    } else if (before == KafkaStreams.State.RUNNING) {
      notRunningAt = System.nanoTime();
    }
  }

  private StreamThreadExceptionResponse failed(Throwable failure) {
    String thread = Thread.currentThread().getName();
    Error error = Causes.find(failure, Error.class);
    if (error != null && !mayBeOfARule(error)) {
      end.after(thread, error);
    }
    String cause = cause(failure);
    if (cause != null) {
      LOG.warn(
          isClosing()
              ? "detect: thread {} failed while this instance stops: {}"
              : "detect: thread {} stopped, and Kafka Streams replaces it: {}",
          thread,
          cause);
      LOG.debug("detect: thread {} failed with this exception", thread, failure);
      stopped = new Stopped(cause, System.nanoTime());
      pause();
      end.reported(failure); // Kafka Streams throws the failure again, which ends the thread
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    String gone = folder.goneProblem();
    if (gone != null) {
      LOG.debug("detect: thread {} failed with this exception", thread, failure);
      giveUp.accept("could not continue detect: " + gone);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    String shared = folder.sharedId(failure);
    if (shared != null) {
      LOG.warn("detect: {}", shared);
    }
    int number = failures.record(shared == null ? Causes.of(failure) : shared);
    if (number > ThreadFailures.MOST) {
      LOG.debug("detect: thread {} failed with this exception", thread, failure);
      giveUp.accept(failures.tooMany());
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.error(
        "detect: thread {} failed, and Kafka Streams replaces it (failure {} of {} allowed in 10"
            + " minutes)",
        thread,
        number,
        ThreadFailures.MOST,
        failure);
    end.reported(failure);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /**
   * Returns the problem outside the process that made a thread fail, such as a full disk, or null
   * if none is found. Without such a problem, the program or a rule is at fault. While the role
   * closes, every failure counts as a problem outside.
   */
  private @Nullable String cause(Throwable failure) {
    if (isClosing()) {
      return Failures.message(failure);
    }
    String right = MissingRight.of(failure);
    if (right != null) {
      return right + "; this instance continues by itself once the right is granted";
    }
    String ended = EndedTransaction.of(failure);
    if (ended != null) {
      return ended;
    }
    return DiskSpaceCheck.isAtFault(failure)
        ? "state cannot be written into the folder %s (%s); make room on its disk, and this instance continues by itself"
            .formatted(Quoted.of(folder.path()), Failures.message(failure))
        : outside.get();
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private static boolean mayBeOfARule(Error error) {
    return error instanceof LinkageError
        || error instanceof StackOverflowError
        || error instanceof AssertionError;
  }

  private void pause() {
    try {
      // the reason of the failure may still last
      closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether the topology has run once, so that all its topics exist. */
  boolean hasRun() {
    return hasRun;
  }

  /**
   * Records how far each task of Kafka Streams has come. {@link #notReady} and {@link #notLive} use
   * this to report a task that makes no progress. This method has to be called every few seconds.
   *
   * @param failing whether something outside the process is wrong, such as a full disk
   */
  void look(boolean failing) {
    if (failing) {
      progress.recordProblem();
    }
    progress.look(tasks());
  }

  private List<TaskMetadata> tasks() {
    List<TaskMetadata> tasks = new ArrayList<>();
    for (ThreadMetadata thread : streams.metadataForLocalThreads()) {
      tasks.addAll(thread.activeTasks());
    }
    return tasks;
  }

  /**
   * Returns the number of Kafka records that the tasks of this instance have not committed yet, by
   * input topic. Records that are not polled yet count too.
   */
  Map<String, Long> left() {
    Map<String, Long> left = TaskProgress.polled(tasks());
    streams
        .metrics()
        .forEach(
            (name, metric) -> {
              if (name.name().equals("records-lag")
                  && metric.metricValue() instanceof Double lag
                  && lag > 0) {
                left.computeIfPresent(name.tags().get("topic"), (topic, n) -> n + lag.longValue());
              }
            });
    return left;
  }

  @Nullable String notReady() {
    String failing = failures.problem();
    if (failing != null) {
      return "detect: " + failing;
    }
    Stopped latest = stopped;
    if (latest != null && System.nanoTime() - latest.atNanos() < UNREADY_AFTER.toNanos()) {
      return "detect: " + latest.cause();
    }
    long seconds = sinceRunning().toSeconds();
    int assigned = progress.assigned().size();
    if (!hasRun) {
      return assigned == 0
          ? "detect: the role has waited %d s for its consumer group to assign tasks"
              .formatted(seconds)
          : "detect: the state of %s is not restored after %d s"
              .formatted(DisplayFormat.count(assigned, "partition"), seconds);
    }
    TaskProgress.Standstill still = progress.longest();
    if (still != null) {
      return "detect: " + still + "; the log says why, if a thread failed";
    }
    if (!isRunning() && sinceRunning().compareTo(UNREADY_AFTER) >= 0) {
      return "detect: tasks have been moving or restoring for %d s".formatted(seconds);
    }
    return null;
  }

  @Nullable String notLive() {
    if (streams.state() == KafkaStreams.State.ERROR) {
      return "detect: every thread has stopped after an error; fix the error that the log shows, and restart this instance";
    }
    TaskProgress.Standstill still = progress.stuckFor(STUCK);
    return isRunning() && still != null ? "detect: " + still : null;
  }

  private boolean isRunning() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  private Duration sinceRunning() {
    return Duration.ofNanos(System.nanoTime() - notRunningAt);
  }

  /**
   * Stops the role, and leaves its consumer group so that other instances continue at once. It
   * stops waiting after the given time.
   */
  void close(Duration most) {
    closing.countDown();
    if (!streams.close(
        CloseOptions.timeout(most)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP))) {
      LOG.warn(
          "detect: the role did not stop within {} s; work that is not committed is repeated",
          most.toSeconds());
    }
  }
}
