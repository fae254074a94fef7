package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.Quoted;
import dev.lockstep.sentinel.delivery.Batch.Line;
import dev.lockstep.sentinel.sink.Sink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards detections from their topic to one sink.
 *
 * <p>A partition is committed up to the first row that the sink has not taken, so a crash sends
 * some rows again, and a row's id makes that harmless. Nothing is skipped: what the sink cannot
 * take now is sent again, what it will never take becomes a dead letter, and what it refuses
 * because of who we are or what we name stops delivery until that is fixed. Meanwhile the group is
 * served, with all partitions paused. What a shadowed rule finds stays in the topic, and so does
 * what ended before the time from which findings go, and what a rule's hourly cap, the daily budget
 * or the ceiling for severity High holds back, which one row tells when the hour or the day is
 * over. Each sink has a forwarder, and so a watermark, of its own.
 */
public final class Forwarder implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  /** How long the last commit may take before it is interrupted: its rows are sent again. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(4);

  /** How long closing the clients may take after that. */
  private static final Duration CLOSES_WITHIN = Duration.ofSeconds(6);

  private final ForwarderConfig config;
  private final Sink sink;
  private final GroupMember group;
  private final DeadLetters deadLetters;
  private final Batch batch;
  private final SendQuota quota;
  private final RetryBackoff retries;
  private final DetectionReader detectionReader;
  private final BatchSender sender;
  private final ForwarderCounts counts;
  private final DeliveryLog log;
  private final InstantSource clock;
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean started;
  private @Nullable Thread runner;

  Forwarder(
      ForwarderConfig config,
      Sink sink,
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer,
      ForwarderCounts counts,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    this.config = config;
    this.sink = sink;
    this.counts = counts;
    this.clock = clock;
    QuotaState quotaState = new QuotaState();
    this.quota = new SendQuota(config, quotaState);
    this.batch = new Batch(sink.limits());
    this.group =
        new GroupMember(
            consumer,
            quotaState,
            lost -> {
              quota.drop(lost);
              batch.forget(lost);
            });
    this.log = new DeliveryLog(config, sink, counts);
    this.retries =
        new RetryBackoff(
            group,
            new ExponentialBackoff(
                config.waits().firstBackoff(), config.waits().longestBackoff(), random),
            pause);
    this.deadLetters = new DeadLetters(producer, config.deadLettersTopic());
    UndeliverableRows undeliverable =
        new UndeliverableRows(config, deadLetters, group, retries, counts, log, clock);
    this.detectionReader =
        new DetectionReader(config, sink, group, batch, undeliverable, retries, counts, log);
    this.sender =
        new BatchSender(config, sink, group, quota, undeliverable, retries, counts, log, clock);
  }

  /**
   * Creates a forwarder that {@link #run()} starts.
   *
   * @param config what goes
   * @param sink where it goes; closed with the forwarder
   * @param kafka how to reach the cluster: client properties that consumer and producer share
   * @param counts what it counts
   * @param clock the time of sending
   * @param random the jitter of repetitions
   */
  public static Forwarder open(
      ForwarderConfig config,
      Sink sink,
      Map<String, Object> kafka,
      ForwarderCounts counts,
      InstantSource clock,
      RandomGenerator random) {
    return new Forwarder(
        config,
        sink,
        ForwarderClients.consumer(config, kafka),
        ForwarderClients.producer(config, kafka),
        counts,
        clock,
        random,
        time -> Thread.sleep(time.toMillis()));
  }

  /** Forwards until {@link #close()}. Call it once, on a thread of its own. */
  @Override
  public void run() {
    synchronized (this) {
      if (started || retries.isOver()) {
        return;
      }
      started = true;
      runner = Thread.currentThread();
    }
    try {
      begin();
      while (!retries.isOver()) {
        step();
      }
      end("", false);
    } catch (InterruptedException | InterruptException e) {
      end("", true);
    } catch (RuntimeException | Error e) {
      end(
          "could not go on: " + Quoted.excerpt(String.valueOf(e), 300) + "; report this bug",
          false);
      throw e;
    }
  }

  private void end(String reason, boolean interrupted) {
    synchronized (this) {
      runner = null; // closing must not be cut short
    }
    boolean wasInterrupted = Thread.interrupted() || interrupted;
    try {
      closeClients();
    } finally {
      log.ends(reason);
      ended.countDown();
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Stops after the request that is under way, at most ten seconds later, whatever hangs; may be
   * repeated. What was not committed by then is sent again by the next forwarder.
   */
  @Override
  public void close() {
    boolean running;
    synchronized (this) {
      running = started;
      if (!running && !retries.isOver()) {
        closeClients();
      }
      retries.end();
    }
    if (!running) {
      return;
    }
    try {
      if (hasEndedWithin(STOPS_WITHIN)) {
        return;
      }
      interruptUnlessItCloses();
      if (!hasEndedWithin(CLOSES_WITHIN)) {
        LOG.warn(
            "could not stop the forwarder to {} in {} s; what it had not committed is sent again",
            config.sink(),
            STOPS_WITHIN.plus(CLOSES_WITHIN).toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void interruptUnlessItCloses() {
    Thread delivering = runner;
    if (delivering != null) {
      delivering.interrupt();
    }
  }

  private boolean hasEndedWithin(Duration time) throws InterruptedException {
    return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  void begin() {
    log.begins();
    group.join(config.detectionsTopic());
  }

  /** Reads what is there, and delivers it. */
  void step() throws InterruptedException {
    if (sender.hasRoom()) {
      if (detectionReader.gather()) {
        sender.recovered(); // nothing is left to send, and reading works
      }
      sender.add(batch.drain(this::goes));
      tellWhatWasHeldBack();
    } else if (sender.isIdle()) {
      retries.waitFor(config.waits().firstBackoff());
    }
    sender.addDueRetries();
    sender.deliver();
    sender.commit();
  }

  /**
   * Tells whether a row goes now; one that does not is settled, since the quota state counts it.
   */
  private boolean goes(Line line) {
    Instant now = clock.instant();
    switch (quota.judge(line, now, group.share())) {
      case GOES -> {
        return true;
      }
      case CAPPED -> counts.heldBack();
      case OVER_BUDGET -> counts.overBudget();
      case OVER_CEILING -> {
        counts.heldBackHigh();
        log.ceiling(line.row().detection().getRule(), now);
      }
      case STAYS -> {}
    }
    group.settle(line.partition(), line.offset());
    return false;
  }

  private void tellWhatWasHeldBack() {
    log.budget(quota.used(clock.instant()));
    List<List<Line>> due = new ArrayList<>();
    for (SendQuota.Due one : quota.due(clock.instant())) {
      group.owe(one.partition(), one.offset());
      due.add(List.of(new Line(sink.row(one.detection()), one.partition(), one.offset())));
    }
    sender.add(due);
  }

  /** The group first, so that others go on with its partitions; the sink last: it may hang. */
  private void closeClients() {
    for (AutoCloseable client : List.of(group, deadLetters, sender)) {
      try {
        client.close();
      } catch (Exception e) {
        LOG.warn("could not close a client of the forwarder to {}", config.sink(), e);
      }
    }
  }
}
