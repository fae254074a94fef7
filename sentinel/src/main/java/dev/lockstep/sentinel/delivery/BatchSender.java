package dev.lockstep.sentinel.delivery;

import dev.lockstep.schemas.process.DaemonThreadFactory;
import dev.lockstep.sentinel.delivery.Batch.Line;
import dev.lockstep.sentinel.sink.Answer;
import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Row;
import dev.lockstep.sentinel.sink.Sink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sender of batches to a sink, one after another. A request that hangs may still be under way when
 * the next one begins.
 *
 * <p>It retries, waits or sends fewer rows at once, depending on each answer. It does so until
 * every row is taken, is a dead letter, or belongs to another forwarder.
 */
final class BatchSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchSender.class);
  private static final int MOST_UNDER_WAY = 2;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final ForwarderConfig config;
  private final Sink sink;
  private final GroupMember group;
  private final SendQuota quota;
  private final UndeliverableRows undeliverable;
  private final RetryWaits retries;
  private final ForwarderCounts counts;
  private final DeliveryLog log;
  private final InstantSource clock;
  private final PoisonRowDetector poisonRows;
  private final Deque<List<Line>> requests = new ArrayDeque<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(new DaemonThreadFactory("forward-send"));
  private final AtomicInteger underWay = new AtomicInteger();
  private int pauses;

  BatchSender(
      ForwarderConfig config,
      Sink sink,
      GroupMember group,
      SendQuota quota,
      UndeliverableRows undeliverable,
      RetryWaits retries,
      ForwarderCounts counts,
      DeliveryLog log,
      InstantSource clock) {
    this.config = config;
    this.sink = sink;
    this.group = group;
    this.quota = quota;
    this.undeliverable = undeliverable;
    this.retries = retries;
    this.counts = counts;
    this.log = log;
    this.clock = clock;
    this.poisonRows = new PoisonRowDetector(config);
  }

  boolean isIdle() {
    return requests.isEmpty();
  }

  boolean hasRoom() {
    return isIdle() && !poisonRows.isFull();
  }

  void add(Collection<List<Line>> batches) {
    requests.addAll(batches);
  }

  void addDueRetries() {
    for (Line line : poisonRows.due(clock.instant(), this::isOutstanding)) {
      requests.add(List.of(line));
    }
  }

  void deliver() throws InterruptedException {
    while (!requests.isEmpty() && !retries.isOver()) {
      List<Line> lines = requests.removeFirst().stream().filter(this::isOutstanding).toList();
      if (!lines.isEmpty()) {
        send(lines);
      }
      commit();
      if (!requests.isEmpty()) {
        group.serve();
      }
    }
  }

  /**
   * Commits each partition up to its first undelivered row, but commits nothing while delivery
   * waits for an operator's fix. It waits while the sink refuses the identity, the target or row
   * after row.
   */
  void commit() {
    if (pauses == 0) {
      group.commit();
    }
  }

  private boolean isOutstanding(Line line) {
    return group.isOutstanding(line.partition(), line.offset());
  }

  private void send(List<Line> lines) throws InterruptedException {
    Instant sentAt = clock.instant();
    List<Row> rows = lines.stream().map(Line::row).toList();
    Answer answer = attempt(rows, sentAt);
    switch (answer.kind()) {
      case TAKEN -> {
        for (Line line : lines) {
          group.complete(line.partition(), line.offset());
          quota.finished(line.detectionId());
        }
        poisonRows.taken(lines, clock.instant());
        counts.taken(rows, clock.instant());
        lines.forEach(line -> counts.took(line, clock.instant()));
        recovered();
      }
      case TOO_LARGE, REFUSED -> narrow(lines, answer, sentAt);
      case THROTTLED, UNAVAILABLE, CUT, TIMED_OUT, UNRESOLVED -> {
        requests.addFirst(lines);
        if (retries.isOver()) {
          return; // closing cut the wait short, and the next forwarder sends the rows
        }
        log.sendsAgain(answer, clock.instant());
        counts.retried();
        retries.beforeRepetition(answer.retryAfter());
      }
      case NO_TOKEN, UNAUTHORISED, MISCONFIGURED, UNTRUSTED, UNEXPECTED -> {
        requests.addFirst(lines);
        pause(answer);
      }
    }
  }

  /**
   * Sends rows on a separate thread, because the sink may hang, and waits for the answer up to the
   * sink's timeout. While too many earlier requests hang, it sends nothing and counts no request.
   */
  private Answer attempt(List<Row> rows, Instant sentAt) throws InterruptedException {
    if (underWay.get() >= MOST_UNDER_WAY) {
      return Answer.without(AnswerClass.TIMED_OUT, underWay + " earlier requests have not ended");
    }
    Future<Answer> sending =
        threads.submit(
            () -> {
              underWay.incrementAndGet();
              counts.asked(rows);
              try {
                return sink.send(rows, sentAt);
              } finally {
                underWay.decrementAndGet();
              }
            });
    Answer answer = retries.await(sending, sink.timeout());
    counts.answered(answer.kind());
    return answer;
  }

  void recovered() {
    retries.reset();
    pauses = 0;
    if (!poisonRows.hasUndecidedRow()) {
      log.allIsWell();
    }
  }

  /**
   * Waits before the next attempt to send, to give an operator time to fix the cause of the sink's
   * last answer. The first waits are short, because a token may just have been revoked or a data
   * collection rule just created.
   */
  private void pause(Answer answer) throws InterruptedException {
    log.paused(answer);
    counts.retried();
    retries.waitFor(config.waits().recheckAfter(pauses++));
  }

  private void narrow(List<Line> lines, Answer answer, Instant sentAt) throws InterruptedException {
    boolean tooLarge = answer.kind() == AnswerClass.TOO_LARGE;
    boolean systematic = !tooLarge && poisonRows.isSystematic();
    if (!systematic) {
      pauses = 0;
    }
    if (lines.size() > 1) {
      int half = lines.size() / 2;
      requests.addFirst(lines.subList(half, lines.size()));
      requests.addFirst(lines.subList(0, half));
      if (systematic) {
        // Continue, because a good row among them would show that the others are at fault.
        pause(answer);
      }
      return;
    }
    Line line = lines.get(0);
    if (tooLarge && poisonRows.countTooLarge(line)) {
      requests.addFirst(lines);
      counts.retried();
      retries.backOff();
      return;
    }
    Optional<Row> smaller = tooLarge ? line.row().smaller() : Optional.empty();
    if (smaller.isPresent()) {
      requests.addFirst(List.of(line.with(smaller.get())));
      return;
    }
    if (poisonRows.refused(line, clock.instant())) {
      giveUp(line, answer, sentAt);
    } else if (poisonRows.hasUndecidedRow()) {
      log.paused(answer);
    }
  }

  private void giveUp(Line line, Answer answer, Instant sentAt) throws InterruptedException {
    boolean done =
        undeliverable.giveUp(
            undeliverable.refused(),
            answer.message(),
            line.detectionId(),
            line.partition(),
            line.offset(),
            line.row().sent(sentAt));
    if (done) {
      quota.finished(line.detectionId());
      poisonRows.remove(line);
    }
  }

  /**
   * Closes the sink on a separate thread, because the sink may hang, and waits up to 2 seconds
   * until the sink is closed.
   */
  @Override
  public void close() {
    Future<?> closing = threads.submit(sink::close);
    try {
      closing.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn(
          "could not close the sink {} ({}) within {} s; it may stay open until the process ends",
          config.sink(),
          sink.place(),
          CLOSE_TIMEOUT.toSeconds());
    } catch (ExecutionException e) {
      LOG.warn(
          "could not close the sink {} ({}); no row is lost by that",
          config.sink(),
          sink.place(),
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      threads.shutdownNow();
    }
  }
}
