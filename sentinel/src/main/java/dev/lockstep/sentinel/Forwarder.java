package dev.lockstep.sentinel;

import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Detection;
import dev.lockstep.schemas.SingleObject;
import dev.lockstep.schemas.Where;
import dev.lockstep.sentinel.Batch.Line;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards detections from their topic to Microsoft Sentinel.
 *
 * <p>A partition is committed up to the first row that the service has not taken, so a crash sends
 * some rows again, and a row's id makes that harmless. Nothing is skipped: what the service cannot
 * take now is sent again, what it will never take becomes a dead letter, and what it refuses
 * because of who we are or what we name stops delivery until that is mended. Meanwhile the group is
 * served, with all partitions paused. What a shadowed rule finds stays in the topic, and so does
 * what ended before the time from which findings go, and what a rule's hourly cap holds back, which
 * one row tells when the hour is over.
 */
public final class Forwarder implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(250);
  private static final Duration SLICE = Duration.ofMillis(200);
  private static final int CLOSING_SLICES = 10;

  private final SentinelConfig config;
  private final GroupMember group;
  private final DeadLetters deadLetters;
  private final IngestionClient client;
  private final ForwarderCounts counts;
  private final Notices notices;
  private final HourlyCaps caps;
  private final InstantSource clock;
  private final Pause pause;
  private final Backoff backoff;

  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final Batch batch = new Batch();
  private final Deque<List<Line>> requests = new ArrayDeque<>();
  private final ExecutorService threads = IngestionClient.threads("forward-send");
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean started;
  private volatile boolean closing;

  Forwarder(
      SentinelConfig config,
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer,
      BearerTokens tokens,
      ForwarderCounts counts,
      InstantSource clock,
      RandomGenerator random,
      Pause pause) {
    this.config = config;
    HourBook book = new HourBook();
    this.caps = new HourlyCaps(config, book);
    this.group = new GroupMember(consumer, book, caps::forget);
    this.deadLetters = new DeadLetters(producer, config.deadLettersTopic());
    this.client = new IngestionClient(config, tokens, clock);
    this.counts = counts;
    this.notices = new Notices(config, counts);
    this.clock = clock;
    this.pause = pause;
    this.backoff = new Backoff(config.firstBackoff(), config.longestBackoff(), random);
  }

  /**
   * Creates a forwarder that {@link #run()} starts.
   *
   * @param config where detections go
   * @param kafka how to reach the cluster: client properties that consumer and producer share
   * @param tokens where access tokens come from
   * @param counts what it counts
   * @param clock the time of sending
   * @param random the jitter of repetitions
   * @throws IllegalArgumentException if the service would be sent a stand-in's token
   */
  public static Forwarder open(
      SentinelConfig config,
      Map<String, Object> kafka,
      BearerTokens tokens,
      ForwarderCounts counts,
      InstantSource clock,
      RandomGenerator random) {
    if (tokens == BearerTokens.LOCAL && !config.isLoopback()) {
      throw new IllegalArgumentException(
          "could not configure Sentinel: auth none for \"%s\"; take managed-identity,"
                  .formatted(config.endpoint())
              + " workload-identity or client-secret; none is for 127.0.0.1 only");
    }
    return new Forwarder(
        config,
        ForwarderClients.consumer(config, kafka),
        ForwarderClients.producer(config, kafka),
        tokens,
        counts,
        clock,
        random,
        time -> Thread.sleep(time.toMillis()));
  }

  /** Forwards until {@link #close()}. Call it once, on a thread of its own. */
  @Override
  public void run() {
    synchronized (this) {
      if (started || closing) {
        return;
      }
      started = true;
    }
    try {
      begin();
      while (!closing) {
        step();
      }
      end("", false);
    } catch (InterruptedException | InterruptException e) {
      end("", true);
    } catch (RuntimeException e) {
      end("could not go on: " + Excerpt.of(String.valueOf(e), 300) + "; report this bug", false);
      throw e;
    }
  }

  private void end(String reason, boolean interrupted) {
    boolean wasInterrupted = Thread.interrupted() || interrupted; // closing must not be cut short
    try {
      closeClients();
    } finally {
      notices.ends(reason);
      ended.countDown();
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Stops after the request that is under way, at most some seconds later; may be repeated. */
  @Override
  public void close() {
    boolean running;
    synchronized (this) {
      running = started;
      if (!running && !closing) {
        closeClients();
      }
      closing = true;
    }
    if (running) {
      try {
        if (!ended.await(30, TimeUnit.SECONDS)) {
          LOG.warn("could not stop the forwarder in 30 s; what it had not committed is sent again");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void begin() {
    notices.begins();
    group.join(config.detectionsTopic());
  }

  /** Reads what is there, and delivers it. */
  void step() throws InterruptedException {
    if (requests.isEmpty()) {
      gather();
      requests.addAll(batch.drain(this::goes));
      tellWhatWasHeldBack();
    }
    while (!requests.isEmpty() && !closing) {
      List<Line> lines = outstanding(requests.removeFirst());
      if (!lines.isEmpty()) {
        deliver(lines);
      }
      group.commit();
      if (!requests.isEmpty()) {
        group.serve();
      }
    }
    group.commit();
  }

  /** Tells whether a row goes now; one that does not is settled, since the book counts it. */
  private boolean goes(Line line) {
    if (!group.isOutstanding(line.partition(), line.offset())) {
      return true; // whoever has the partition now decides
    }
    HourlyCaps.Verdict verdict = caps.judge(line, clock.instant());
    if (verdict == HourlyCaps.Verdict.GOES) {
      return true;
    }
    if (verdict == HourlyCaps.Verdict.HELD) {
      counts.heldBack();
    }
    group.settle(line.partition(), line.offset());
    return false;
  }

  private void tellWhatWasHeldBack() {
    List<Line> due = caps.due(clock.instant());
    for (Line line : due) {
      group.owe(line.partition(), line.offset());
      requests.add(List.of(line));
    }
  }

  private void gather() throws InterruptedException {
    try {
      ConsumerRecords<byte[], byte[]> records = group.read(IDLE_POLL);
      recovered(); // nothing is left to send, and reading works
      while (!records.isEmpty()) {
        read(records);
        records = batch.isFull() || closing ? ConsumerRecords.empty() : group.read(Duration.ZERO);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      notices.cannotRead(e);
      waitFor(backoff.next());
    }
  }

  private void read(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byte[] value = record.value();
      if (value == null) { // a compacted topic's note that a key is gone
        group.settle(GroupMember.partition(record), record.offset());
      } else {
        read(record, value);
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record, byte[] value)
      throws InterruptedException {
    DetectionRow row;
    try {
      Detection detection = codec.decode(value);
      if (Boolean.TRUE.equals(detection.getShadow())) {
        group.settle(GroupMember.partition(record), record.offset());
        counts.shadowed();
        return;
      }
      if (Instant.ofEpochMilli(detection.getEndTime()).isBefore(config.forwardFrom())) {
        group.settle(GroupMember.partition(record), record.offset());
        counts.archived();
        return;
      }
      row = DetectionRow.of(detection);
    } catch (RuntimeException e) { // whatever the decoder makes of foreign bytes
      giveUp(
          "not-a-detection",
          Excerpt.of(String.valueOf(e.getMessage()), 300),
          "",
          GroupMember.partition(record),
          record.offset(),
          value);
      return;
    }
    Optional<Line> superfluous =
        batch.add(new Line(row, GroupMember.partition(record), record.offset()));
    if (superfluous.isPresent()) {
      group.settle(superfluous.get().partition(), superfluous.get().offset());
      counts.superseded();
    }
  }

  private List<Line> outstanding(List<Line> lines) {
    return lines.stream()
        .filter(line -> group.isOutstanding(line.partition(), line.offset()))
        .toList();
  }

  private void deliver(List<Line> lines) throws InterruptedException {
    Instant sentAt = clock.instant();
    List<Row> rows = lines.stream().<Row>map(Line::row).toList();
    counts.asked(IngestionClient.body(rows, sentAt).length);
    Answer answer = await(threads.submit(() -> client.send(rows, sentAt)));
    counts.answered(answer.kind());
    switch (answer.kind()) {
      case TAKEN -> {
        for (Line line : lines) {
          group.settle(line.partition(), line.offset());
          caps.settled(line.row().detectionId());
        }
        counts.taken(lines.size(), clock.instant());
        recovered();
      }
      case TOO_LARGE, REFUSED -> narrow(lines, answer, sentAt);
      case THROTTLED, UNAVAILABLE, CUT, TIMED_OUT, UNRESOLVED -> {
        requests.addFirst(lines);
        Duration wait = answer.retryAfter() == null ? backoff.next() : answer.retryAfter();
        notices.sendsAgain(answer);
        counts.retried();
        waitFor(wait);
      }
      case NO_TOKEN, UNAUTHORISED, MISCONFIGURED, UNTRUSTED, UNEXPECTED -> {
        requests.addFirst(lines);
        boolean anew = notices.standsStill(answer);
        counts.retried();
        // A token may only have been taken back: a fresh one is tried soon, once.
        boolean soon = anew && answer.kind() == AnswerClass.UNAUTHORISED;
        waitFor(soon ? config.firstBackoff() : config.recheckEvery());
      }
    }
  }

  private void recovered() {
    backoff.reset();
    notices.allIsWell();
  }

  /** Sends less at once, until the row that is at fault stands alone. */
  private void narrow(List<Line> lines, Answer answer, Instant sentAt) throws InterruptedException {
    if (lines.size() > 1) {
      int half = lines.size() / 2;
      requests.addFirst(lines.subList(half, lines.size()));
      requests.addFirst(lines.subList(0, half));
      return;
    }
    Line line = lines.get(0);
    Optional<DetectionRow> smaller =
        answer.kind() == AnswerClass.TOO_LARGE
            ? line.row().smaller().map(DetectionRow.class::cast)
            : Optional.empty();
    if (smaller.isPresent()) {
      requests.addFirst(List.of(line.with(smaller.get())));
      return;
    }
    giveUp(
        "sentinel-refused",
        answer.message(),
        line.row().detectionId(),
        line.partition(),
        line.offset(),
        line.row().json(sentAt).getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a dead letter, however long that takes; then the record is settled. */
  private void giveUp(
      String reason, String detail, String key, TopicPartition partition, long offset, byte[] body)
      throws InterruptedException {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setReason(reason)
            .setDetail(detail)
            .setWhere(
                Where.newBuilder()
                    .setSource("detections")
                    .setHub(partition.topic())
                    .setPartition(partition.partition())
                    .setPosition(offset)
                    .build())
            .setArrivalAt(clock.instant().toEpochMilli())
            .setBody(ByteBuffer.wrap(body, 0, Math.min(body.length, Batch.MAX_BYTES)))
            .build();
    while (group.isOutstanding(partition, offset)) {
      String failure = deadLetters.write(key, letter);
      if (failure.isEmpty()) {
        group.settle(partition, offset);
        caps.settled(key);
        notices.deadLetter(partition, offset, reason, detail);
        return;
      }
      if (closing) {
        return;
      }
      notices.cannotWriteDeadLetter(failure);
      counts.retried();
      waitFor(backoff.next());
    }
  }

  /** Awaits an answer, and serves the group where it takes long. */
  private Answer await(Future<Answer> future) throws InterruptedException {
    long slices = 1 + config.requestTimeout().dividedBy(SLICE);
    long patience = CLOSING_SLICES;
    try {
      while (slices-- > 0 && (!closing || patience-- > 0)) {
        try {
          return future.get(SLICE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          group.serve();
        }
      }
      return Answer.without(
          AnswerClass.TIMED_OUT, "no answer within " + config.requestTimeout().toMillis() + " ms");
    } catch (ExecutionException e) {
      throw new IllegalStateException("could not send a request", e.getCause());
    } finally {
      future.cancel(true);
    }
  }

  private void waitFor(Duration time) throws InterruptedException {
    Duration left = time;
    while (!closing && !left.isZero() && !left.isNegative()) {
      Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
      pause.sleep(slice);
      left = left.minus(slice);
      group.serve();
    }
  }

  private void closeClients() {
    threads.shutdownNow();
    client.close();
    deadLetters.close();
    group.close();
  }
}
