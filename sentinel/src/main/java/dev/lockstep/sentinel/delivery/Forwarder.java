package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.text.Quoted;
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
 * Forwarder of detections from their topic to one sink.
 *
 * <p>A partition is committed up to the first row that the sink has not taken. After a crash some
 * rows are therefore sent again, which is harmless because each row has its id and revision. Rows
 * that the sink cannot take now are sent again, and rows that it will never take become dead
 * letters. A refusal of the identity or the target stops delivery until its cause is fixed.
 * Meanwhile the forwarder stays in its group with all partitions paused.
 *
 * <p>Some findings are not sent: those of rules in shadow, those that ended before a configured
 * time, and those that a rule's hourly cap, the daily budget or the ceiling for severity High holds
 * back. When the hour or day is over, one overflow row reports how many were held back. Each sink
 * has a forwarder with committed offsets of its own.
 */
public final class Forwarder implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  /**
   * Longest time that the current request and the last commit may take on closing. Then they are
   * interrupted, and rows that are not committed are sent again later.
   */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(4);

  /** Longest time that closing the clients may take once {@link #STOPS_WITHIN} is over. */
  private static final Duration CLOSES_WITHIN = Duration.ofSeconds(6);

  private final ForwarderConfig config;
  private final Sink sink;
  private final GroupMember group;
  private final DetectionDeadLetters deadLetters;
  private final Batch batch;
  private final SendQuota quota;
  private final RetryWaits retries;
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
    QuotaCounts quotaCounts = new QuotaCounts();
    this.quota = new SendQuota(config, quotaCounts);
    this.batch = new Batch(sink.limits());
    this.group =
        new GroupMember(
            config.sink(),
            consumer,
            quotaCounts,
            lost -> {
              quota.drop(lost);
              batch.drop(lost);
            });
    this.log = new DeliveryLog(config, sink, counts);
    this.retries =
        new RetryWaits(
            group,
            new ExponentialBackoff(
                config.waits().firstBackoff(), config.waits().longestBackoff(), random),
            pause);
    this.deadLetters = new DetectionDeadLetters(producer, config.deadLettersTopic());
    UndeliverableRows undeliverable =
        new UndeliverableRows(config, deadLetters, group, retries, counts, log, clock);
    this.detectionReader =
        new DetectionReader(config, sink, group, batch, undeliverable, retries, counts, log);
    this.sender =
        new BatchSender(config, sink, group, quota, undeliverable, retries, counts, log, clock);
  }

  /**
   * Creates a forwarder. {@link #run()} starts it.
   *
   * @param config limits and waiting times
   * @param sink sink, closed with the forwarder
   * @param kafka client properties that consumer and producer share
   * @param counts counters of this forwarder
   * @param clock clock for the time of sending
   * @param random source of jitter for waiting times
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

  /**
   * Forwards detections until {@link #close()} is called. It is to be called once, on a thread of
   * its own.
   */
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
          "could not continue: "
              + Quoted.excerpt(String.valueOf(e), 300)
              + "; report this bug, then restart",
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
   * Stops after the current request, at most ten seconds later even if something hangs. Rows that
   * are not committed by then are sent again by the next forwarder. It may be called again.
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
            "could not stop the forwarder to {} within {} s; rows that it had not committed are"
                + " sent again",
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

  void step() throws InterruptedException {
    if (sender.hasRoom()) {
      if (detectionReader.gather()) {
        sender.recovered(); // everything is sent, and the topic can be read
      }
      sender.add(batch.drain(this::goes));
      logHeldBack();
    } else if (sender.isIdle()) {
      retries.waitFor(config.waits().firstBackoff());
    }
    sender.addDueRetries();
    sender.deliver();
    sender.commit();
  }

  /**
   * Returns whether a row is sent now, and, if the row is held back, marks its Kafka record as
   * done. The record may be committed, because the quota state counts the row.
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
      case HELD_UNCOUNTED -> {}
    }
    group.complete(line.partition(), line.offset());
    return false;
  }

  private void logHeldBack() {
    log.budget(quota.used(clock.instant()));
    List<List<Line>> due = new ArrayList<>();
    for (SendQuota.Due one : quota.due(clock.instant())) {
      group.owe(one.partition(), one.offset());
      due.add(List.of(new Line(sink.row(one.detection()), one.partition(), one.offset())));
    }
    sender.add(due);
  }

  private void closeClients() {
    // The consumer is first, so that other instances take its partitions. The sink is last, because
    // it may hang.
    for (AutoCloseable client : List.of(group, deadLetters, sender)) {
      try {
        client.close();
      } catch (Exception e) {
        LOG.warn(
            "could not close the consumer of detections, the producer of dead letters or the sink {};"
                + " no row is lost by that",
            config.sink(),
            e);
      }
    }
  }
}
