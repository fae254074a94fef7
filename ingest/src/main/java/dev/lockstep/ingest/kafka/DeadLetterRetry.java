package dev.lockstep.ingest.kafka;

import dev.lockstep.ingest.cluster.ActivityOutput;
import dev.lockstep.ingest.cluster.AlikeRejections;
import dev.lockstep.ingest.message.AccountedReader;
import dev.lockstep.ingest.message.Limits;
import dev.lockstep.ingest.message.MessageReader;
import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.message.SourceMessage;
import dev.lockstep.ingest.outcome.IngestCounts;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.ingest.outcome.Reason;
import dev.lockstep.ingest.outcome.Slice;
import dev.lockstep.ingest.raw.RawFieldPlan;
import dev.lockstep.schemas.AlikeRange;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.RetriedLetter;
import dev.lockstep.schemas.Where;
import dev.lockstep.schemas.text.Quoted;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Retry of dead letters: it reads their records again, and writes the results to the target
 * cluster. The records are read with this version's readers. The bytes come from the letter, or
 * from the source if the letter names a range of offsets or does not have all bytes.
 *
 * <p>The results of a letter and the mark of its retry are one transaction. A long range needs
 * several transactions, and the last one has the mark. After an interruption, a later retry
 * therefore writes some activities again, which is harmless because copies of an event change
 * nothing. Records that are rejected again keep their letter, or get a new one if other records of
 * the letter could be read.
 */
public final class DeadLetterRetry {
  private static final int BATCH = 500;
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long TIMEOUT_MILLIS = 30_000;

  /**
   * Age at which a transaction is committed although it is not full. It is a third of the timeout
   * of transactions.
   */
  private static final long OPEN_MILLIS = 20_000;

  private final DeadLetterReader deadLetters;
  private final Function<String, @Nullable KafkaSourceConfig> sources;
  private final Function<KafkaSourceConfig, Consumer<byte[], byte[]>> open;
  private final MessageReader reader;
  private final ActivityOutput output;
  private final InstantSource clock;
  private final IngestCounts counts = new IngestCounts();
  private final Map<String, Long> problems = new HashMap<>();
  private long letters;
  private long remaining;

  /**
   * Creates a retry of the dead letters that a reader reads.
   *
   * @param raw supplier of the raw fields to look for, called for each record
   * @param sources function from the name of a source to its topic or event hub; its result is null
   *     for a source that is unknown or cannot read offsets again
   * @param clock clock that decides when to give up on a silent source, and when to commit a
   *     transaction that is not full
   */
  public DeadLetterRetry(
      DeadLetterReader deadLetters,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      Function<String, @Nullable KafkaSourceConfig> sources,
      InstantSource clock) {
    this(deadLetters, limits, raw, sources, DeadLetterRetry::consumer, clock);
  }

  DeadLetterRetry(
      DeadLetterReader deadLetters,
      Limits limits,
      Supplier<RawFieldPlan> raw,
      Function<String, @Nullable KafkaSourceConfig> sources,
      Function<KafkaSourceConfig, Consumer<byte[], byte[]>> open,
      InstantSource clock) {
    this.deadLetters = deadLetters;
    this.sources = sources;
    this.open = open;
    this.reader = new MessageReader(limits, raw);
    this.output = new ActivityOutput(deadLetters.target());
    this.clock = clock;
  }

  private static Consumer<byte[], byte[]> consumer(KafkaSourceConfig source) {
    return KafkaClients.withoutGroup(source, Map.of("default.api.timeout.ms", 15_000), Map.of());
  }

  /**
   * Result of a retry: numbers of dead letters, outcomes of records, and reasons why dead letters
   * remain.
   *
   * @param letters number of letters tried
   * @param remaining number of letters that were not marked as retried
   * @param counts outcomes of the records of the letters that were marked as retried
   * @param problems map from each reason why letters remain to the number of those letters
   */
  public record Result(
      long letters, long remaining, IngestCounts counts, Map<String, Long> problems) {}

  /**
   * Retries the matching dead letters that no earlier retry marked as retried. A retry marks a dead
   * letter if at least one of its records is no longer rejected.
   *
   * @throws KafkaException if the cluster cannot be used
   */
  public Result run(Predicate<DeadLetterReader.Entry> wanted) {
    Set<DeadLetterReader.Id> done = deadLetters.retried();
    String transactionalId = deadLetters.target().topicPrefix() + "dead-letters-retry";
    try (Producer<byte[], byte[]> out = deadLetters.clients().output(transactionalId)) {
      out.initTransactions(); // of two retries at once, the later one goes on
      Batch batch = new Batch(out);
      deadLetters.letters(
          entry -> {
            if (entry.letter() != null && !done.contains(entry.id()) && wanted.test(entry)) {
              retry(entry, entry.letter(), batch);
            }
          });
      batch.commit();
    }
    return new Result(letters, remaining, counts, problems);
  }

  private void retry(DeadLetterReader.Entry entry, DeadLetter letter, Batch batch) {
    letters++;
    if (letter.getRange() != null) {
      ofSource(entry, letter, letter.getRange(), batch);
    } else if (holdsNoRecord(letter)) {
      remain(
          "the dead letter holds a detection or an activity, and no record of a source, so there is"
              + " nothing to read again");
    } else if (letter.getBody().remaining() >= Slice.BODY_BYTES) {
      long at = letter.getWhere().getPosition();
      int index = letter.getWhere().getIndex();
      ofSource(entry, letter, new AlikeRange(at, index, at, index, 1L), batch);
    } else if (!letter.getBody().hasRemaining()) {
      remain(
          "the dead letter holds no bytes of the record to read again: "
              + Quoted.excerpt(letter.getReason(), 40));
    } else {
      ofBody(entry, letter, batch);
    }
  }

  private static boolean holdsNoRecord(DeadLetter letter) {
    return !Reason.isIngestReason(letter.getReason());
  }

  private void remain(String why) {
    remaining++;
    problems.merge(why, 1L, Long::sum);
  }

  private void ofBody(DeadLetterReader.Entry entry, DeadLetter letter, Batch batch) {
    ByteBuffer body = letter.getBody().duplicate();
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    Long arrivalAt = letter.getArrivalAt() == 0 ? null : letter.getArrivalAt();
    IngestCounts read = new IngestCounts();
    List<Outcome> outcomes =
        List.copyOf(
            new AccountedReader(reader, read)
                .read(new SourceMessage(bytes, letter.getWhere(), arrivalAt)));
    if (outcomes.isEmpty()) {
      remain("the dead letter's bytes hold no record");
      return;
    }
    if (outcomes.stream().allMatch(Outcome.Rejected.class::isInstance)) {
      remain("the record is rejected again: " + reason(outcomes));
      return;
    }
    for (Outcome outcome : outcomes) {
      read.count(outcome);
      batch.take(outcome);
    }
    batch.mark(entry, letter);
    counts.add(read);
    batch.commitIfFull();
  }

  private static String reason(List<Outcome> outcomes) {
    return outcomes.get(0) instanceof Outcome.Rejected rejected
        ? rejected.letter().getReason()
        : "";
  }

  private void ofSource(
      DeadLetterReader.Entry entry, DeadLetter letter, AlikeRange range, Batch batch) {
    Where where = letter.getWhere();
    KafkaSourceConfig source = sources.apply(where.getSource());
    if (source == null || !source.topic().equals(where.getHub())) {
      remain(
          "the dead letter does not have all bytes of its records, and the records cannot be read"
              + " again: the configuration has no source of type kafka or event-hubs-kafka with the"
              + " dead letter's source name and hub; if the dead letter is of a hub or topic,"
              + " configure a source with this name and hub and one of these types, and retry the dead"
              + " letter");
      return;
    }
    TopicPartition partition = new TopicPartition(source.topic(), where.getPartition());
    batch.commit(); // the range has transactions of its own
    try (Consumer<byte[], byte[]> from = open.apply(source)) {
      long begin =
          from.beginningOffsets(Set.of(partition)).getOrDefault(partition, range.getFirst());
      long end = from.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
      if (begin > range.getFirst() || end <= range.getLast()) {
        remain("the source no longer has the records at the dead letter's offsets");
        return;
      }
      from.assign(List.of(partition));
      from.seek(partition, range.getFirst());
      new RangeReading(source, range, mayCoverMore(letter), batch)
          .run(from, partition, entry, letter);
    } catch (KafkaException e) {
      if (batch.committing && isNoAnswer(e)) {
        throw e; // the producer can neither abort the transaction nor begin another
      }
      batch.abort();
      remain(
          "the source or the target cluster cannot be used: "
              + Quoted.excerpt(String.valueOf(e.getMessage()), 160));
    }
  }

  private static boolean isNoAnswer(KafkaException failure) {
    return failure instanceof TimeoutException || failure instanceof InterruptException;
  }

  /**
   * Returns whether the last message of a dead letter's range may have been rejected whole, without
   * being split into records. That is so if the message was too large or its reading failed. The
   * letter then also covers records whose indexes it does not name.
   */
  private static boolean mayCoverMore(DeadLetter letter) {
    String reason = letter.getReason();
    return reason.equals(Reason.TOO_LARGE.word) || reason.equals(Reason.UNREADABLE.word);
  }

  /**
   * Retry of one dead letter that covers a range of offsets. If any record of the range can be read
   * now, the results of all such records and new dead letters for the others are written. If none
   * can be read, the letter stays and nothing is written.
   */
  private final class RangeReading {
    private final KafkaSourceConfig source;
    private final AlikeRange range;
    private final boolean toEnd;
    private final Batch batch;
    private final IngestCounts read = new IngestCounts();
    private final AccountedReader accounted = new AccountedReader(reader, read);
    private final List<DeadLetter> still = new ArrayList<>();
    private boolean anyRead;

    /**
     * Creates the retry of a dead letter's range of offsets.
     *
     * @param toEnd whether the range also has the records of its last message after the last index
     */
    RangeReading(KafkaSourceConfig source, AlikeRange range, boolean toEnd, Batch batch) {
      this.source = source;
      this.range = range;
      this.toEnd = toEnd;
      this.batch = batch;
    }

    void run(
        Consumer<byte[], byte[]> from,
        TopicPartition partition,
        DeadLetterReader.Entry entry,
        DeadLetter letter) {
      long giveUpAt = clock.millis() + TIMEOUT_MILLIS;
      while (from.position(partition) <= range.getLast()) {
        for (ConsumerRecord<byte[], byte[]> record : from.poll(POLL)) {
          giveUpAt = clock.millis() + TIMEOUT_MILLIS;
          if (record.offset() <= range.getLast()) {
            take(record);
          }
        }
        if (clock.millis() > giveUpAt) {
          throw new TimeoutException(
              "no Kafka record came from %s for %d s; check that the source's brokers answer"
                  .formatted(partition, TIMEOUT_MILLIS / 1_000));
        }
      }
      if (!anyRead) {
        batch.abort();
        remain(
            still.isEmpty()
                ? "the dead letter's offsets hold no record"
                : "every record is rejected again: " + still.get(0).getReason());
        return;
      }
      for (DeadLetter each : still) {
        batch.letter(each);
      }
      batch.mark(entry, letter);
      batch.commit();
      counts.add(read);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
      Where where =
          Origin.offset(source.name(), record.topic(), record.partition(), record.offset());
      byte[] body = record.value() == null ? new byte[0] : record.value();
      Long arrivalAt = PartitionIngest.arrival(record, source.arrivalFromHeader());
      List<Outcome> outcomes =
          List.copyOf(accounted.read(new SourceMessage(body, where, arrivalAt)));
      for (int i = 0; i < outcomes.size(); i++) {
        Outcome outcome = outcomes.get(i);
        if (outcomes.size() > 1 && !isWithin(whereOf(outcome, where, i))) {
          continue;
        }
        read.count(outcome);
        if (outcome instanceof Outcome.Rejected rejected) {
          addRejection(rejected.letter());
        } else {
          anyRead = true;
          batch.take(outcome);
        }
      }
      batch.commitIfFull();
    }

    private static Where whereOf(Outcome outcome, Where message, int index) {
      if (outcome instanceof Outcome.Mapped mapped) {
        return mapped.activity().getWhere();
      } else if (outcome instanceof Outcome.Rejected rejected) {
        return rejected.letter().getWhere();
      } else if (outcome instanceof Outcome.Quarantined quarantined) {
        return quarantined.letter().getWhere();
      }
      return Where.newBuilder(message).setIndex(index).build();
    }

    /**
     * Returns whether a log record lies in the range of records that the retried dead letter
     * covers. At the first and the last offset of the range, the index of the record in its message
     * decides. The last index does not count if the range reaches to the end of its last message.
     * Other records of these messages were written, or have dead letters of their own.
     */
    private boolean isWithin(Where where) {
      boolean before =
          where.getPosition() == range.getFirst() && where.getIndex() < range.getFirstIndex();
      boolean behind =
          !toEnd
              && where.getPosition() == range.getLast()
              && where.getIndex() > range.getLastIndex();
      return !before && !behind;
    }

    /**
     * Adds a rejection to the new dead letters. Rejections in a row with one reason share a letter.
     */
    private void addRejection(DeadLetter rejected) {
      Where where = rejected.getWhere();
      DeadLetter last = still.isEmpty() ? null : still.get(still.size() - 1);
      AlikeRange run = last == null ? null : last.getRange();
      if (last != null
          && run != null
          && last.getReason().equals(rejected.getReason())
          && where.getPosition() <= run.getLast() + 1) {
        run.setLast(where.getPosition());
        run.setLastIndex(where.getIndex());
        run.setRecords(run.getRecords() + 1);
        still.set(
            still.size() - 1,
            AlikeRejections.letter(last.getReason(), last.getWhere(), run, last.getArrivalAt()));
      } else {
        AlikeRange first =
            new AlikeRange(
                where.getPosition(), where.getIndex(), where.getPosition(), where.getIndex(), 1L);
        still.add(
            AlikeRejections.letter(rejected.getReason(), where, first, rejected.getArrivalAt()));
      }
    }
  }

  /** Writer of the activities and dead letters of a retry, in one transaction after another. */
  private final class Batch {
    private final Producer<byte[], byte[]> out;
    private int taken;
    private long begunAt;

    private boolean committing;

    Batch(Producer<byte[], byte[]> out) {
      this.out = out;
    }

    void take(Outcome outcome) {
      begin();
      output.take(outcome);
    }

    void letter(DeadLetter letter) {
      begin();
      output.letter(letter);
    }

    private void begin() {
      if (taken++ == 0) {
        out.beginTransaction();
        begunAt = clock.millis();
        int partitions = out.partitionsFor(deadLetters.target().activityTopic()).size();
        output.begin(partitions, this::send);
      }
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
      Future<?> unused = out.send(record); // a failure makes the commit fail
    }

    void mark(DeadLetterReader.Entry entry, DeadLetter letter) {
      DeadLetter mark = new DeadLetter();
      mark.setReason(letter.getReason());
      mark.setDetail("the records of this letter were read again");
      mark.setWhere(letter.getWhere());
      mark.setArrivalAt(letter.getArrivalAt());
      mark.setBody(ByteBuffer.allocate(0));
      mark.setRetried(new RetriedLetter(entry.id().partition(), entry.id().offset()));
      letter(mark);
    }

    void commitIfFull() {
      if (taken >= BATCH || (taken > 0 && clock.millis() - begunAt >= OPEN_MILLIS)) {
        commit();
      }
    }

    void commit() {
      if (taken > 0) {
        output.end();
        committing = true;
        out.commitTransaction();
        committing = false;
        taken = 0;
      }
    }

    void abort() {
      if (taken > 0) {
        out.abortTransaction();
        committing = false;
        taken = 0;
      }
    }
  }
}
