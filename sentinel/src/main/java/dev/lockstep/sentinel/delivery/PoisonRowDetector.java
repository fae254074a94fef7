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
 * Detector of poison records, rows that their sink refuses each time. It decides whether a row that
 * was refused alone is at fault, or whether the sink would refuse any row. {@link BatchSender}
 * halves a refused request until a row is alone.
 *
 * <p>A row is at fault only if it is refused at least {@value #REFUSALS} times, and other rows are
 * taken after its first refusal. Rows taken in the 5 minutes before that refusal count as well, if
 * fewer than 10 rows in succession are refused. Until that is decided the row waits, its partition
 * is not committed past it, and other rows are sent.
 */
final class PoisonRowDetector {
  /**
   * Least number of refusals at which a row can be at fault. A failing service may now and then
   * refuse a good row.
   */
  static final int REFUSALS = 5;

  /**
   * Number of waiting refused rows at which the forwarder stops reading further detections. Refused
   * rows wait until it is decided whether they or the sink are at fault.
   */
  static final int MOST = 500;

  private static final long MOST_BYTES = 16 * 1_048_576;
  private static final int SYSTEMATIC = 10;
  private static final Duration EVIDENCE_FOR = Duration.ofMinutes(5);

  /** Partition and offset of a row's detection in the topic of detections. */
  private record Key(TopicPartition partition, long offset) {
    static Key of(Line line) {
      return new Key(line.partition(), line.offset());
    }
  }

  /** Refused row that may be at fault. */
  private record RefusedRow(
      Line line, int refusals, Instant since, long takenBefore, boolean fewBefore, Instant next) {}

  private final BackoffSettings waits;
  private final Map<Key, RefusedRow> refusedRows = new LinkedHashMap<>();
  private final Map<Key, Integer> tooLarge = new LinkedHashMap<>();
  private long taken;
  private int refusedInSuccession;
  private int probes;
  private Instant nextProbe = Instant.MIN;
  private @Nullable Instant takenAt;

  PoisonRowDetector(ForwarderConfig config) {
    this.waits = config.waits();
  }

  void taken(List<Line> lines, Instant now) {
    taken++;
    takenAt = now;
    refusedInSuccession = 0;
    probes = 0;
    lines.forEach(this::remove);
  }

  void remove(Line line) {
    refusedRows.remove(Key.of(line));
    tooLarge.remove(Key.of(line));
  }

  /**
   * Counts that the sink refused a single row as too large, and returns whether this is the row's
   * first such refusal. The first refusal may be an error of the service, so the row is sent again.
   * If more than {@link #MOST} rows are counted, earlier counts may be dropped.
   */
  boolean countTooLarge(Line tooLargeAlone) {
    return tooLarge.merge(Key.of(tooLargeAlone), 1, Integer::sum) == 1;
  }

  /** Counts a refusal of a row that was sent alone, and returns whether the row is at fault. */
  boolean refused(Line line, Instant now) {
    RefusedRow before = refusedRows.get(Key.of(line));
    if (before == null) {
      boolean few = refusedInSuccession < SYSTEMATIC && isFresh(now);
      before = new RefusedRow(line, 0, now, taken, few, now);
      refusedInSuccession++;
    }
    int refusals = before.refusals() + 1;
    refusedRows.put(
        Key.of(line),
        new RefusedRow(
            line,
            refusals,
            before.since(),
            before.takenBefore(),
            before.fewBefore(),
            now.plus(waits.recheckAfter(refusals - 1))));
    nextProbe = now.plus(waits.recheckAfter(probes++));
    return refusals >= REFUSALS && isRowAtFault(before);
  }

  private boolean isDue(Instant next, Instant now) {
    // A time beyond the longest wait shows that the clock was set back.
    return !next.isAfter(now) || next.isAfter(now.plus(waits.recheckEvery()));
  }

  private boolean isFresh(Instant now) {
    return takenAt != null && !takenAt.plus(EVIDENCE_FOR).isBefore(now);
  }

  private boolean isRowAtFault(RefusedRow row) {
    return taken > row.takenBefore() || (row.fewBefore() && refusedInSuccession < SYSTEMATIC);
  }

  /**
   * Returns whether so many rows were refused in succession that the sink is probably the cause.
   */
  boolean isSystematic() {
    return refusedInSuccession >= SYSTEMATIC;
  }

  /**
   * Returns whether any refused row waits that is not yet known to be at fault. The sink may then
   * be at fault.
   */
  boolean hasUndecidedRow() {
    return refusedRows.values().stream().anyMatch(row -> !isRowAtFault(row));
  }

  boolean isFull() {
    return refusedRows.size() >= MOST
        || refusedRows.values().stream().mapToLong(one -> one.line().row().bytes()).sum()
            >= MOST_BYTES;
  }

  /**
   * Returns the rows due for another attempt. While the cause of refusals is unknown it returns at
   * most one row, and rarely.
   */
  List<Line> due(Instant now, Predicate<Line> isOutstanding) {
    refusedRows.values().removeIf(row -> !isOutstanding.test(row.line()));
    tooLarge.keySet().removeIf(key -> tooLarge.size() > MOST && !refusedRows.containsKey(key));
    List<Line> due = new ArrayList<>();
    boolean probing = hasUndecidedRow();
    if (probing && !isDue(nextProbe, now)) {
      return due;
    }
    for (RefusedRow row : refusedRows.values()) {
      if (isDue(row.next(), now) && (due.isEmpty() || !probing)) {
        due.add(row.line());
      }
    }
    return due;
  }
}
