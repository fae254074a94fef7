package dev.lockstep.app.service;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.kafka.Cluster;
import dev.lockstep.app.process.ProcessEnd;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.schemas.Causes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * The role that makes detections, while it runs: its Kafka Streams, which of its threads fail, and
 * whether its tasks make progress.
 *
 * <p>A thread that fails because of something outside, such as a topic that is gone or a disk that
 * is full, is replaced for as long as that lasts. One that fails by itself is replaced {@value
 * ThreadFailures#MOST} times in 10 minutes, and then the service is given up.
 */
final class DetectRole {
  private static final Logger LOG = LoggerFactory.getLogger(DetectRole.class);
  private static final long PAUSE_MILLIS = 2_000;

  /** For how long a rebalance or a restore is not worth a word. */
  private static final Duration SETTLING = Duration.ofSeconds(15);

  /** After how long without any progress, while nothing outside explains it, a restart may help. */
  private static final Duration STUCK = Duration.ofMinutes(5);

  private final KafkaStreams streams;
  private final Supplier<@Nullable String> outside;
  private final Consumer<String> giveUp;
  private final ProcessEnd end;
  private final ThreadFailures failures = new ThreadFailures(System::nanoTime);
  private final TaskProgress progress = new TaskProgress(System::nanoTime);
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile boolean hasRun;
  private volatile @Nullable Stopped stopped;
  private volatile long unsettledAt = System.nanoTime();

  /** A thread that stopped because of something outside. */
  private record Stopped(String cause, long atNanos) {}

  private DetectRole(
      KafkaStreams streams,
      Supplier<@Nullable String> outside,
      Consumer<String> giveUp,
      ProcessEnd end) {
    this.streams = streams;
    this.outside = outside;
    this.giveUp = giveUp;
    this.end = end;
  }

  /**
   * Starts the role.
   *
   * @param outside looks at what the role needs, and returns what is wrong with it, or null
   * @param giveUp takes why the service cannot go on
   * @throws OperatorException if the settings of the cluster cannot be used
   */
  static DetectRole start(
      Config.Kafka kafka,
      StateFolder folder,
      Topology topology,
      Supplier<@Nullable String> outside,
      Consumer<String> giveUp,
      ProcessEnd end) {
    KafkaStreams streams;
    try {
      streams =
          new KafkaStreams(topology, DetectSettings.of(kafka, folder.path(), folder.instanceId()));
      folder.restrict();
    } catch (KafkaException e) {
      throw Cluster.unusable(e);
    } catch (IOException e) {
      throw OperatorException.saying(e);
    }
    DetectRole detect = new DetectRole(streams, outside, giveUp, end);
    streams.setUncaughtExceptionHandler(detect::failed);
    streams.setStateListener(detect::changed);
    streams.start();
    return detect;
  }

  KafkaStreams streams() {
    return streams;
  }

  private void changed(KafkaStreams.State now, KafkaStreams.State before) {
    LOG.info("detect: the topology is {}, was {}", now, before);
    if (now == KafkaStreams.State.RUNNING) {
      hasRun = true;
    } else if (before == KafkaStreams.State.RUNNING) {
      unsettledAt = System.nanoTime();
    }
  }

  private StreamThreadExceptionResponse failed(Throwable failure) {
    Error error = Causes.find(failure, Error.class);
    if (error != null && !mayBeOfARule(error)) {
      end.after(Thread.currentThread().getName(), error);
    }
    String cause = cause(failure);
    if (cause != null) {
      LOG.warn("detect: a thread stopped and is replaced: {}", cause);
      LOG.debug("a thread stopped", failure);
      stopped = new Stopped(cause, System.nanoTime());
      pause();
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    int number = failures.note(Causes.of(failure));
    if (number > ThreadFailures.MOST) {
      LOG.debug("a thread failed", failure);
      giveUp.accept(failures.tooMany());
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.error(
        "detect: a thread failed and is replaced, number {} of {} in 10 minutes",
        number,
        ThreadFailures.MOST,
        failure);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** Returns why a thread failed, if that is nothing that it did by itself. */
  private @Nullable String cause(Throwable failure) {
    if (closing.getCount() == 0) {
      return Failures.said(failure);
    }
    return StateDisk.isAtFault(failure)
        ? "state cannot be written (%s); make room on the disk of kafka.stateDir, it goes on by itself"
            .formatted(Failures.said(failure))
        : outside.get();
  }

  /** Returns if an error is one that a rule can make without harm to the rest of the process. */
  private static boolean mayBeOfARule(Error error) {
    return error instanceof LinkageError
        || error instanceof StackOverflowError
        || error instanceof AssertionError;
  }

  /** Threads that cannot live yet are not to be replaced without a pause. */
  private void pause() {
    try {
      closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns if the topology has run once: all its topics are there. */
  boolean hasRun() {
    return hasRun;
  }

  /** Looks at the progress of the tasks; to be called every few seconds. */
  void look() {
    List<TaskMetadata> tasks = new ArrayList<>();
    for (ThreadMetadata thread : streams.metadataForLocalThreads()) {
      tasks.addAll(thread.activeTasks());
    }
    progress.look(tasks);
  }

  /** Returns why the role does not do its whole work now, or null if it does. */
  @Nullable String notReady() {
    String failing = failures.now();
    if (failing != null) {
      return "detect: " + failing;
    }
    Stopped latest = stopped;
    if (latest != null && System.nanoTime() - latest.atNanos() < SETTLING.toNanos()) {
      return "detect: " + latest.cause();
    }
    long seconds = sinceSettled().toSeconds();
    int assigned = progress.assigned().size();
    if (!hasRun) {
      return assigned == 0
          ? "detect: waits for its group to share out the tasks, for %d s now".formatted(seconds)
          : "detect: brings the state of %d partitions up to date, for %d s now"
              .formatted(assigned, seconds);
    }
    TaskProgress.Standstill still = progress.longest();
    if (still != null) {
      return "detect: " + still + "; the log says why, if a thread failed";
    }
    if (!isSettled() && sinceSettled().compareTo(SETTLING) >= 0) {
      return "detect: tasks have been shared out anew, or their state brought up to date, for %d s now"
          .formatted(seconds);
    }
    return null;
  }

  /** Returns why a restart may help, or null if nothing says so. */
  @Nullable String notLive() {
    if (streams.state() == KafkaStreams.State.ERROR) {
      return "detect: every thread has stopped after an error";
    }
    TaskProgress.Standstill still = progress.longest();
    return isSettled() && still != null && still.since().compareTo(STUCK) >= 0
        ? "detect: " + still
        : null;
  }

  private boolean isSettled() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  private Duration sinceSettled() {
    return Duration.ofNanos(System.nanoTime() - unsettledAt);
  }

  /** Leaves the group, so that others go on at once, and stops; within that time or not at all. */
  void close(Duration most) {
    closing.countDown();
    if (!streams.close(
        CloseOptions.timeout(most)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP))) {
      LOG.warn(
          "detect: did not stop within {} s; what was not committed is done again",
          most.toSeconds());
    }
  }
}
