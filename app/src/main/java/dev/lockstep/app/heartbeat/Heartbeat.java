package dev.lockstep.app.heartbeat;

import dev.lockstep.app.config.Config;
import dev.lockstep.app.process.ProcessEnd;
import dev.lockstep.app.service.Service;
import dev.lockstep.app.terminal.Failures;
import dev.lockstep.app.terminal.OperatorException;
import dev.lockstep.app.wiring.SentinelAccess;
import dev.lockstep.schemas.process.DaemonThreadFactory;
import dev.lockstep.sentinel.logs.IngestionClient;
import dev.lockstep.sentinel.logs.SentinelConfig;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sender of this instance's heartbeats to Sentinel, at intervals and soon after a source lost
 * records. A failed heartbeat is not repeated, because the next one has newer state.
 */
public final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(5);

  /**
   * Shortest time between a heartbeat and an extra one that is sent because a source lost records.
   */
  private static final Duration SHORTEST = Duration.ofSeconds(15);

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Number of heartbeats that Sentinel accepted, and number of heartbeats that failed. */
  public static final class Counts {
    private final LongAdder taken = new LongAdder();
    private final LongAdder failed = new LongAdder();

    public long taken() {
      return taken.sum();
    }

    public long failed() {
      return failed.sum();
    }
  }

  /** Settings of heartbeats, with their rows and the client that sends them. */
  private record Sending(
      Config.Heartbeat settings, HeartbeatRows rows, IngestionClient client, LongSupplier losses) {}

  private final Counts counts = new Counts();
  private final @Nullable Sending sending;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreadFactory("heartbeat"));
  private boolean failing;
  private long sentLosses;
  private Instant beatAt = Instant.EPOCH;

  private Heartbeat(@Nullable Sending sending, InstantSource clock) {
    this.sending = sending;
    this.clock = clock;
  }

  /**
   * Starts the heartbeats of a service. None are sent if the configuration has no section {@code
   * sentinel}, or heartbeats are off.
   *
   * @throws OperatorException if the configuration cannot be used
   */
  public static Heartbeat start(Config config, Service service) {
    Heartbeat heartbeat = of(config, service, InstantSource.system());
    Sending sending = heartbeat.sending;
    if (sending != null) {
      long every = sending.settings().interval().toMillis();
      ScheduledFuture<?> unused =
          heartbeat.timer.scheduleAtFixedRate(
              heartbeat::beat, Math.min(every, FIRST.toMillis()), every, TimeUnit.MILLISECONDS);
      ScheduledFuture<?> unusedToo =
          heartbeat.timer.scheduleWithFixedDelay(
              heartbeat::beatOnLoss, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
    return heartbeat;
  }

  /** Creates heartbeats that are sent on demand only. */
  public static Heartbeat of(Config config, Service service, InstantSource clock) {
    Config.Heartbeat settings = config.heartbeat();
    Config.Sentinel sentinel = config.sentinel();
    if (settings == null || sentinel == null) {
      return new Heartbeat(null, clock);
    }
    Duration timeout = settings.interval().dividedBy(2);
    try {
      SentinelConfig to = sentinel.to(settings.stream());
      Duration request = to.requestTimeout();
      Sending sending =
          new Sending(
              settings,
              new HeartbeatRows(config, settings, service, clock.instant()),
              new IngestionClient(
                  to.withTimeouts(CONNECT, request.compareTo(timeout) < 0 ? request : timeout),
                  SentinelAccess.tokens(sentinel),
                  clock),
              service::losses);
      return new Heartbeat(sending, clock);
    } catch (IllegalArgumentException e) {
      throw OperatorException.of(e);
    }
  }

  public Counts counts() {
    return counts;
  }

  void beat() {
    if (sending == null) {
      return;
    }
    sentLosses = sending.losses().getAsLong();
    beatAt = clock.instant();
    try {
      Answer answer =
          sending.client().send(sending.settings().stream(), sending.rows().at(clock.instant()));
      recordResult(answer.kind() == AnswerClass.TAKEN, answer.kind() + " " + answer.message());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // a timer drops a task that throws
      recordResult(false, Failures.message(e));
    } catch (Error e) {
      ProcessEnd.pass(e);
    }
  }

  void beatOnLoss() {
    if (sending != null
        && sending.losses().getAsLong() != sentLosses
        && !clock.instant().isBefore(beatAt.plus(SHORTEST))) {
      beat();
    }
  }

  private void recordResult(boolean taken, String message) {
    if (taken) {
      counts.taken.increment();
      if (failing) {
        LOG.info("the Logs Ingestion API accepts heartbeats again");
      }
    } else {
      counts.failed.increment();
      if (!failing) {
        LOG.warn(
            "could not send a heartbeat: {}; the next one follows as planned. The data collection"
                + " rule has to declare the stream that heartbeat.stream names, and the identity"
                + " needs the role Monitoring Metrics Publisher on that rule; to send no heartbeats,"
                + " set heartbeat: false",
            message);
      }
    }
    failing = !taken;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    if (sending != null) {
      sending.client().close();
    }
  }
}
