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

/** What a forwarder did so far and how it stands; for any thread to read. */
public final class ForwarderCounts {
  /**
   * How delivery stands, and why.
   *
   * @param state the state
   * @param reason one sentence with the fix, empty while there is nothing to say
   */
  public record Standing(ForwarderState state, String reason) {}

  /**
   * What was taken of one rule.
   *
   * @param rows repetitions that the sink is known to have taken included
   * @param bytes of these, as JSON before compression
   */
  public record Taken(long rows, long bytes) {
    Taken plus(int moreBytes) {
      return new Taken(rows + 1, bytes + moreBytes);
    }
  }

  /**
   * How the daily budget stands, by what this instance has sent today.
   *
   * @param rows of today
   * @param bytes of today
   * @param used the part of the budget that is gone; 1 is all of it
   * @param isReached if only severity High goes until midnight UTC, up to its own ceiling
   */
  public record Budget(long rows, long bytes, double used, boolean isReached) {
    /** Returns if an alarm is due, since little is left. */
    public boolean isNear() {
      return isReached || used >= DailyBudget.NEAR;
    }
  }

  private final LongAdder rowsTaken = new LongAdder();
  private final LongAdder bytesTaken = new LongAdder();
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
  private volatile Standing standing = new Standing(ForwarderState.STOPPED, "");
  private volatile @Nullable Instant lastTakenAt;
  private volatile @Nullable Budget budget;

  private final Latency latency;

  /** Takes how long a row took from the arrival of the event that made it. */
  @FunctionalInterface
  public interface Latency {
    /** Takes one; any thread may tell. */
    void took(String rule, long millis);
  }

  /** Creates counts at zero. */
  public ForwarderCounts() {
    this((rule, millis) -> {});
  }

  /** Creates counts at zero that pass latencies on. */
  public ForwarderCounts(Latency latency) {
    this.latency = latency;
    for (AnswerClass kind : AnswerClass.values()) {
      requests.put(kind, new LongAdder());
    }
  }

  /** Returns how many rows the sink has taken. */
  public long rowsTaken() {
    return rowsTaken.sum();
  }

  /** Returns how many bytes these rows take, as JSON before compression. */
  public long bytesTaken() {
    return bytesTaken.sum();
  }

  /** Returns what of each rule was taken, by rule id. */
  public Map<String, Taken> takenByRule() {
    return new TreeMap<>(takenByRule);
  }

  /** Returns how the daily budget stands, or null if there is none. */
  public @Nullable Budget budget() {
    return budget;
  }

  /** Returns how many revisions were not sent because a newer one was at hand. */
  public long rowsSuperseded() {
    return rowsSuperseded.sum();
  }

  /** Returns how many revisions were not sent because their rule runs in the shadow. */
  public long rowsShadowed() {
    return rowsShadowed.sum();
  }

  /** Returns how many detections were held back by their rule's cap, each once an hour. */
  public long rowsHeldBack() {
    return rowsHeldBack.sum();
  }

  /** Returns how many detections were held back by the daily budget, each once a day. */
  public long rowsOverBudget() {
    return rowsOverBudget.sum();
  }

  /**
   * Returns how many detections of severity High were held back by the ceiling of their rule, each
   * once an hour.
   */
  public long highRowsHeldBack() {
    return highRowsHeldBack.sum();
  }

  /** Returns how many revisions were not sent because they are of an archive's time. */
  public long rowsArchived() {
    return rowsArchived.sum();
  }

  /** Returns how many bytes of rows were sent, before compression, repetitions included. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  /** Returns how many requests were answered so. */
  public long requests(AnswerClass kind) {
    LongAdder count = requests.get(kind);
    return count == null ? 0 : count.sum();
  }

  /** Returns how many requests were put off and sent again. */
  public long retries() {
    return retries.sum();
  }

  /** Returns how many records became dead letters. */
  public long deadLetters() {
    return deadLetters.sum();
  }

  /** Returns when rows were last taken, or null if never. */
  public @Nullable Instant lastTakenAt() {
    return lastTakenAt;
  }

  /** Returns how delivery stands. */
  public Standing standing() {
    return standing;
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
      bytesTaken.add(row.bytes());
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

  void stands(ForwarderState state, String reason) {
    standing = new Standing(state, reason);
  }
}
