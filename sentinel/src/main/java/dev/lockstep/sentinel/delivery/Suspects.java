package dev.lockstep.sentinel.delivery;

import dev.lockstep.sentinel.delivery.Batch.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were refused alone: is it the row, or would any be refused?
 *
 * <p>A row is at fault only if it is refused again and again while others are taken: at once after
 * it, or shortly before it as long as few are refused in succession. Meanwhile it waits, its
 * partition is not committed past it, and others go.
 */
final class Suspects {
  /** So many refusals make a row's fault, since a service that errs may refuse a good one. */
  static final int REFUSALS = 5;

  /** So many wait at most; then nothing more is read. */
  static final int MOST = 500;

  private static final long MOST_BYTES = 16 * 1_048_576;
  private static final int SYSTEMATIC = 10;
  private static final Duration WITNESS_FOR = Duration.ofMinutes(5);

  private record Key(TopicPartition partition, long offset) {
    static Key of(Line line) {
      return new Key(line.partition(), line.offset());
    }
  }

  private record Suspect(
      Line line, int refusals, Instant since, long takenBefore, boolean fewBefore, Instant next) {}

  private final Duration first;
  private final Duration longest;
  private final Map<Key, Suspect> suspects = new LinkedHashMap<>();
  private final Map<Key, Integer> tooLarge = new LinkedHashMap<>();
  private long taken;
  private int refusedInSuccession;
  private int probes;
  private Instant nextProbe = Instant.MIN;
  private @Nullable Instant takenAt;

  Suspects(ForwarderConfig config) {
    this.first = config.waits().firstBackoff();
    this.longest = config.waits().recheckEvery();
  }

  /** Notes that something was taken. */
  void taken(List<Line> lines, Instant now) {
    taken++;
    takenAt = now;
    refusedInSuccession = 0;
    probes = 0;
    lines.forEach(this::forget);
  }

  void forget(Line line) {
    suspects.remove(Key.of(line));
    tooLarge.remove(Key.of(line));
  }

  /** Returns if the row is called too large for the first time, which may be an error. */
  boolean isDoubtful(Line tooLargeAlone) {
    return tooLarge.merge(Key.of(tooLargeAlone), 1, Integer::sum) == 1;
  }

  /** Notes that a row was refused alone; returns if it is at fault. */
  boolean refused(Line line, Instant now) {
    Suspect before = suspects.get(Key.of(line));
    if (before == null) {
      boolean few = refusedInSuccession < SYSTEMATIC && isFresh(now);
      before = new Suspect(line, 0, now, taken, few, now);
      refusedInSuccession++;
    }
    int refusals = before.refusals() + 1;
    suspects.put(
        Key.of(line),
        new Suspect(
            line,
            refusals,
            before.since(),
            before.takenBefore(),
            before.fewBefore(),
            now.plus(wait(refusals - 1))));
    nextProbe = now.plus(wait(probes++));
    return refusals >= REFUSALS && isWitnessed(before);
  }

  private Duration wait(int triesBefore) {
    Duration wait = first.multipliedBy(1L << Math.min(triesBefore, 20));
    return wait.compareTo(longest) < 0 ? wait : longest;
  }

  /** Returns if a time has come; one that is further off than any wait is of another clock. */
  private boolean isDue(Instant next, Instant now) {
    return !next.isAfter(now) || next.isAfter(now.plus(longest));
  }

  private boolean isFresh(Instant now) {
    return takenAt != null && !takenAt.plus(WITNESS_FOR).isBefore(now);
  }

  private boolean isWitnessed(Suspect suspect) {
    return taken > suspect.takenBefore()
        || (suspect.fewBefore() && refusedInSuccession < SYSTEMATIC);
  }

  /** Returns if so much is refused in succession that it cannot be the rows. */
  boolean isSystematic() {
    return refusedInSuccession >= SYSTEMATIC;
  }

  /** Returns if there is a row of which nobody can say whether it is at fault. */
  boolean isAlarming() {
    return suspects.values().stream().anyMatch(suspect -> !isWitnessed(suspect));
  }

  /** Returns if no more may be read until some are decided. */
  boolean isFull() {
    return suspects.size() >= MOST
        || suspects.values().stream().mapToLong(one -> one.line().row().bytes()).sum()
            >= MOST_BYTES;
  }

  /**
   * Returns which to try again now; a single one, and seldom, while it cannot be known whose fault
   * it is.
   */
  List<Line> due(Instant now, Predicate<Line> isOutstanding) {
    suspects.values().removeIf(suspect -> !isOutstanding.test(suspect.line()));
    tooLarge.keySet().removeIf(key -> tooLarge.size() > MOST && !suspects.containsKey(key));
    List<Line> due = new ArrayList<>();
    boolean probing = isAlarming();
    if (probing && !isDue(nextProbe, now)) {
      return due;
    }
    for (Suspect suspect : suspects.values()) {
      if (isDue(suspect.next(), now) && (due.isEmpty() || !probing)) {
        due.add(suspect.line());
      }
    }
    return due;
  }
}
