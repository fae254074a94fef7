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
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
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
 * served, with all partitions paused.
 */
public final class Forwarder implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

  private static final Duration IDLE_POLL = Duration.ofMillis(250);
  private static final Duration SLICE = Duration.ofMillis(200);
  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(10);
  private static final int CLOSING_SLICES = 10;
  private static final int REMIND_EVERY = 20;

  private final SentinelConfig config;
  private final Consumer<byte[], byte[]> consumer;
  private final DeadLetters deadLetters;
  private final IngestionClient client;
  private final ForwarderCounts counts;
  private final InstantSource clock;
  private final Pause pause;
  private final Backoff backoff;

  private final SingleObject<Detection> codec = new SingleObject<>(Detection.getClassSchema());
  private final Ledger ledger = new Ledger();
  private final Batch batch = new Batch();
  private final Deque<List<Line>> requests = new ArrayDeque<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private boolean serving;
  private int standstills;
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
    this.consumer = consumer;
    this.deadLetters = new DeadLetters(producer, config.deadLettersTopic());
    this.client = new IngestionClient(config, tokens, clock);
    this.counts = counts;
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
      LOG.info("forwards {} to {}", config.detectionsTopic(), config.endpoint());
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
      counts.stands(ForwarderState.STOPPED, reason);
      LOG.info("forwards no more; {} rows taken", counts.rowsTaken());
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
    consumer.subscribe(List.of(config.detectionsTopic()), new Assignments());
    counts.stands(ForwarderState.RUNNING, "");
  }

  /** Reads what is there, and delivers it. */
  void step() throws InterruptedException {
    if (requests.isEmpty()) {
      gather();
      requests.addAll(batch.drain());
    }
    while (!requests.isEmpty() && !closing) {
      List<Line> lines = outstanding(requests.removeFirst());
      if (!lines.isEmpty()) {
        deliver(lines);
      }
      commit();
      if (!requests.isEmpty()) {
        serveGroup();
      }
    }
    commit();
  }

  private void gather() throws InterruptedException {
    try {
      consumer.resume(consumer.assignment());
      ConsumerRecords<byte[], byte[]> records = consumer.poll(IDLE_POLL);
      while (!records.isEmpty()) {
        read(records);
        records =
            batch.isFull() || closing ? ConsumerRecords.empty() : consumer.poll(Duration.ZERO);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      stand(
          ForwarderState.WAITING,
          "could not read detections: topic %s (%s); check kafka in lockstep.yaml and the cluster"
              .formatted(config.detectionsTopic(), Excerpt.of(String.valueOf(e), 300)));
      waitFor(backoff.next());
    }
  }

  private void read(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      ledger.read(partition(record), record.offset());
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      byte[] value = record.value();
      if (value == null) { // a compacted topic's note that a key is gone
        ledger.settle(partition(record), record.offset());
      } else {
        read(record, value);
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record, byte[] value)
      throws InterruptedException {
    DetectionRow row;
    try {
      row = DetectionRow.of(codec.decode(value));
    } catch (RuntimeException e) { // whatever the decoder makes of foreign bytes
      giveUp(
          "not-a-detection",
          Excerpt.of(String.valueOf(e.getMessage()), 300),
          "",
          partition(record),
          record.offset(),
          value);
      return;
    }
    Optional<Line> superfluous = batch.add(new Line(row, partition(record), record.offset()));
    if (superfluous.isPresent()) {
      ledger.settle(superfluous.get().partition(), superfluous.get().offset());
      counts.superseded();
    }
  }

  private List<Line> outstanding(List<Line> lines) {
    return lines.stream()
        .filter(line -> ledger.isOutstanding(line.partition(), line.offset()))
        .toList();
  }

  private void deliver(List<Line> lines) throws InterruptedException {
    Instant sentAt = clock.instant();
    byte[] body = IngestionClient.body(lines.stream().map(Line::row).toList(), sentAt);
    counts.asked(body.length);
    Answer answer = await(client.send(body));
    counts.answered(answer.kind());
    switch (answer.kind()) {
      case TAKEN -> {
        lines.forEach(line -> ledger.settle(line.partition(), line.offset()));
        counts.taken(lines.size(), clock.instant());
        backoff.reset();
        standstills = 0;
        stand(ForwarderState.RUNNING, "");
      }
      case TOO_LARGE, REFUSED -> narrow(lines, answer, sentAt);
      case THROTTLED, UNAVAILABLE, CUT, TIMED_OUT -> {
        requests.addFirst(lines);
        Duration wait = answer.retryAfter() == null ? backoff.next() : answer.retryAfter();
        stand(
            ForwarderState.WAITING,
            "could not deliver detections: %s (%s: %s); sends again by itself"
                .formatted(
                    config.endpoint(),
                    answer.kind().name().toLowerCase(Locale.ROOT),
                    answer.message()));
        counts.retried();
        waitFor(wait);
      }
      case UNAUTHORISED, MISCONFIGURED -> {
        requests.addFirst(lines);
        standStill(answer);
        counts.retried();
        waitFor(config.recheckEvery());
      }
    }
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
        answer.kind() == AnswerClass.TOO_LARGE ? line.row().smaller() : Optional.empty();
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
    while (ledger.isOutstanding(partition, offset)) {
      String failure = deadLetters.write(key, letter);
      if (failure.isEmpty()) {
        ledger.settle(partition, offset);
        counts.deadLetter();
        if (counts.deadLetters() % 1_000 == 1) {
          LOG.error(
              "could not deliver a detection: {} offset {} ({}: {}); it lies in {}, number {}",
              partition,
              offset,
              reason,
              detail,
              config.deadLettersTopic(),
              counts.deadLetters());
        }
        return;
      }
      if (closing) {
        return;
      }
      stand(
          ForwarderState.WAITING,
          "could not write a dead letter: topic %s (%s); check the topic and the right to write"
              .formatted(config.deadLettersTopic(), failure));
      counts.retried();
      waitFor(backoff.next());
    }
  }

  private void standStill(Answer answer) {
    boolean unauthorised = answer.kind() == AnswerClass.UNAUTHORISED;
    String mend =
        unauthorised
            ? "give the identity the role \"Monitoring Metrics Publisher\" on the data collection"
                + " rule, which takes some minutes to apply"
            : "check endpoint, ruleId and stream of sentinel in lockstep.yaml against the data"
                + " collection rule";
    String reason =
        "could not deliver detections: %s, rule %s, stream %s (%s); %s; nothing is lost, it goes on by itself"
            .formatted(config.endpoint(), config.ruleId(), config.stream(), answer.message(), mend);
    if (standstills++ % REMIND_EVERY == 0) {
      LOG.error("{}", reason);
    }
    counts.stands(
        unauthorised ? ForwarderState.UNAUTHORISED : ForwarderState.MISCONFIGURED, reason);
  }

  private void stand(ForwarderState state, String reason) {
    ForwarderState before = counts.standing().state();
    counts.stands(state, reason);
    if (state != before && state == ForwarderState.WAITING) {
      LOG.warn("{}", reason);
    } else if (state != before) {
      LOG.info("delivers again");
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
          serveGroup();
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
      serveGroup();
    }
  }

  /** Shows the group that we live; takes part in rebalances, reads nothing. */
  private void serveGroup() throws InterruptedException {
    serving = true;
    try {
      consumer.pause(consumer.assignment());
      ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ZERO);
      if (!records.isEmpty()) {
        throw new IllegalStateException("paused partitions gave " + records.count() + " records");
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.debug("could not serve the group; tries again", e);
    } finally {
      serving = false;
    }
  }

  private void commit() {
    Map<TopicPartition, OffsetAndMetadata> offsets = ledger.committable();
    if (offsets.isEmpty()) {
      return;
    }
    try {
      consumer.commitSync(offsets, COMMIT_TIMEOUT);
      ledger.committed(offsets);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      LOG.warn(
          "could not commit: group {} ({}); tries again with the next rows",
          config.group(),
          Excerpt.of(String.valueOf(e), 300));
    }
  }

  private void closeClients() {
    client.close();
    deadLetters.close();
    consumer.close();
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private final class Assignments implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      LOG.info("takes {}", partitions);
      if (serving) {
        consumer.pause(partitions);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      LOG.info("gives up {}", partitions);
      ledger.forget(partitions);
    }
  }
}
