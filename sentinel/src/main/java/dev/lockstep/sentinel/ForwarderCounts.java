package dev.lockstep.sentinel;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a forwarder did so far and how it stands; for any thread to read. */
public final class ForwarderCounts {
  /**
   * How delivery stands, and why.
   *
   * @param state the state
   * @param reason one sentence with the mend, empty while there is nothing to say
   */
  public record Standing(ForwarderState state, String reason) {}

  private final LongAdder rowsTaken = new LongAdder();
  private final LongAdder rowsSuperseded = new LongAdder();
  private final LongAdder rowsShadowed = new LongAdder();
  private final LongAdder rowsHeldBack = new LongAdder();
  private final LongAdder rowsArchived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder deadLetters = new LongAdder();
  private final Map<AnswerClass, LongAdder> requests = new EnumMap<>(AnswerClass.class);
  private volatile Standing standing = new Standing(ForwarderState.STOPPED, "");
  private volatile @Nullable Instant lastTakenAt;

  /** Creates counts at zero. */
  public ForwarderCounts() {
    for (AnswerClass kind : AnswerClass.values()) {
      requests.put(kind, new LongAdder());
    }
  }

  /** Returns how many rows the service has taken. */
  public long rowsTaken() {
    return rowsTaken.sum();
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

  /** Returns how many revisions were not sent because they are of an archive's time. */
  public long rowsArchived() {
    return rowsArchived.sum();
  }

  /** Returns how many compressed bytes were sent, repetitions included. */
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

  void asked(int bytes) {
    bytesSent.add(bytes);
  }

  void answered(AnswerClass kind) {
    LongAdder count = requests.get(kind);
    if (count != null) {
      count.increment();
    }
  }

  void taken(int rows, Instant at) {
    rowsTaken.add(rows);
    lastTakenAt = at;
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
