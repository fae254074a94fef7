package dev.lockstep.sentinel.delivery;

import dev.lockstep.sentinel.sink.AnswerClass;
import dev.lockstep.sentinel.sink.Row;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counters and state of a forwarder, readable by any thread. */
public final class ForwarderCounts {
  /**
   * State of delivery with its reason.
   *
   * @param state the state
   * @param reason one sentence with the fix; empty if there is nothing to say
   */
  public record Status(ForwarderState state, String reason) {}

  /**
   * Number of one rule's rows that the sink has taken, and their bytes.
   *
   * @param rows number of rows, including repetitions
   * @param bytes bytes of these rows as JSON before compression
   */
  public record Taken(long rows, long bytes) {
    private static final Taken NOTHING = new Taken(0, 0);

    Taken plus(int moreBytes) {
      return new Taken(rows + 1, bytes + moreBytes);
    }
  }

  /**
   * Used part of this instance's daily budget on the current UTC day. All rows sent from this
   * instance's partitions count, even if another instance sent them before a rebalance.
   *
   * @param rows rows sent today from this instance's partitions
   * @param bytes bytes of these rows as JSON before compression
   * @param used used share of the budget, where 1 is all; more than 1 if rows of severity High or
   *     withdrawals were sent beyond the budget
   * @param isReached whether the budget is used up, or had no room for a row today
   */
  public record Budget(long rows, long bytes, double used, boolean isReached) {
    /** Returns whether an alarm is due, because little or nothing of the budget is left. */
    public boolean isNear() {
      return isReached || used >= DailyBudget.NEAR;
    }
  }

  private final LongAdder rowsTaken = new LongAdder();
  private final LongAdder rowsOverBudget = new LongAdder();
  private final Map<String, Taken> takenByRule = new ConcurrentHashMap<>();
  private final LongAdder rowsSuperseded = new LongAdder();
  private final LongAdder rowsShadowed = new LongAdder();
  private final LongAdder rowsHeldBack = new LongAdder();
  private final LongAdder highRowsHeldBack = new LongAdder();
  private final LongAdder rowsArchived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder deadLetters = new LongAdder();
  private final Map<AnswerClass, LongAdder> requests = new EnumMap<>(AnswerClass.class);
  private volatile Status status = new Status(ForwarderState.STARTING, "");
  private volatile @Nullable Instant lastTakenAt;
  private volatile @Nullable Budget budget;

  private final Latency latency;

  /**
   * Receiver of the latency of each row that the sink takes. The latency runs from the arrival of
   * the event that caused the row until the sink took it.
   */
  @FunctionalInterface
  public interface Latency {
    /** Records the latency of a row, in milliseconds. Any thread may call this method. */
    void took(String rule, long millis);
  }

  /** Creates counts at zero. */
  public ForwarderCounts() {
    this((rule, millis) -> {});
  }

  /** Creates counts at zero, with a receiver of the latency of each row. */
  public ForwarderCounts(Latency latency) {
    this.latency = latency;
    for (AnswerClass kind : AnswerClass.values()) {
      requests.put(kind, new LongAdder());
    }
  }

  /** Returns the number of rows that the sink has taken. */
  public long rowsTaken() {
    return rowsTaken.sum();
  }

  /**
   * Returns the number of rows that the sink has taken, and their bytes, by rule id. The bytes are
   * those of JSON before compression.
   */
  public Map<String, Taken> takenByRule() {
    return new TreeMap<>(takenByRule);
  }

  /** Returns the number of a rule's rows that the sink has taken, and their bytes. */
  public Taken taken(String rule) {
    return takenByRule.getOrDefault(rule, Taken.NOTHING);
  }

  /**
   * Returns the use of the daily budget, or null if there is no budget or its use is not yet known.
   */
  public @Nullable Budget budget() {
    return budget;
  }

  /** Returns the number of revisions that were not sent because a newer one was available. */
  public long rowsSuperseded() {
    return rowsSuperseded.sum();
  }

  /** Returns the number of revisions that were not sent because their rule runs in shadow. */
  public long rowsShadowed() {
    return rowsShadowed.sum();
  }

  /**
   * Returns the number of detections that a rule's cap held back. One that is held back in several
   * hours counts in each of them. A detection may count again in the same hour, for example if a
   * revision was sent in between.
   */
  public long rowsHeldBack() {
    return rowsHeldBack.sum();
  }

  /**
   * Returns the number of detections that the daily budget held back. One that is held back on
   * several days counts on each of them. A detection may count again on the same day, for example
   * if a revision was sent in between.
   */
  public long rowsOverBudget() {
    return rowsOverBudget.sum();
  }

  /**
   * Returns the number of detections of severity High that a rule's ceiling held back. One that is
   * held back in several hours counts in each of them. A detection may count again in the same
   * hour, for example if a revision was sent in between.
   */
  public long highRowsHeldBack() {
    return highRowsHeldBack.sum();
  }

  /**
   * Returns the number of revisions that were not sent because the last event of their finding lies
   * before {@link ForwarderConfig#forwardFrom}.
   */
  public long rowsArchived() {
    return rowsArchived.sum();
  }

  /** Returns the bytes of sent rows before compression, including repetitions. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  /** Returns the number of requests that got the given kind of answer. */
  public long requests(AnswerClass kind) {
    LongAdder count = requests.get(kind);
    return count == null ? 0 : count.sum();
  }

  /**
   * Returns how often the forwarder has waited so far in order to send a request or a dead letter
   * again.
   */
  public long retries() {
    return retries.sum();
  }

  /**
   * Returns the number of dead letters that the forwarder wrote. These are rows that the sink
   * refused, Kafka records that are no detections, and detections of which no row could be made.
   */
  public long deadLetters() {
    return deadLetters.sum();
  }

  /** Returns the time at which the sink last accepted rows. It is null before the first. */
  public @Nullable Instant lastTakenAt() {
    return lastTakenAt;
  }

  public Status status() {
    return status;
  }

  void asked(List<Row> rows) {
    rows.forEach(row -> bytesSent.add(row.bytes()));
  }

  void answered(AnswerClass kind) {
    LongAdder count = requests.get(kind);
    if (count != null) {
      count.increment();
    }
  }

  void taken(List<Row> rows, Instant at) {
    rowsTaken.add(rows.size());
    for (Row row : rows) {
      takenByRule.merge(
          row.detection().getRule(),
          new Taken(1, row.bytes()),
          (before, one) -> before.plus(row.bytes()));
    }
    lastTakenAt = at;
  }

  void took(Batch.Line line, Instant now) {
    long millis = now.toEpochMilli() - line.arrivalAt();
    if (line.arrivalAt() > 0 && millis >= 0) {
      latency.took(line.row().detection().getRule(), millis);
    }
  }

  void budget(@Nullable Budget now) {
    budget = now;
  }

  void overBudget() {
    rowsOverBudget.increment();
  }

  void superseded() {
    rowsSuperseded.increment();
  }

  void shadowed() {
    rowsShadowed.increment();
  }

  void archived() {
    rowsArchived.increment();
  }

  void heldBack() {
    rowsHeldBack.increment();
  }

  void heldBackHigh() {
    highRowsHeldBack.increment();
  }

  void retried() {
    retries.increment();
  }

  void deadLetter() {
    deadLetters.increment();
  }

  void setStatus(ForwarderState state, String reason) {
    status = new Status(state, reason);
  }
}
