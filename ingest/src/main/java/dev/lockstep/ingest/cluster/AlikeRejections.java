package dev.lockstep.ingest.cluster;

import dev.lockstep.ingest.message.Origin;
import dev.lockstep.ingest.outcome.Outcome;
import dev.lockstep.schemas.AlikeRange;
import dev.lockstep.schemas.AlikeRun;
import dev.lockstep.schemas.DeadLetter;
import dev.lockstep.schemas.Position;
import dev.lockstep.schemas.Where;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rejections of a source partition for one reason, which share a dead letter after the
 * first thousand. Each of the first thousand has a dead letter of its own. The others are a range
 * of offsets, whose dead letter has no bytes.
 *
 * <p>A range may span many transactions, so it is part of the partition's position and survives a
 * change of reader. Not safe for use by several threads.
 */
public final class AlikeRejections {
  /** Number of consecutive rejections for one reason that each get a dead letter of their own. */
  static final int SINGLE = 1000;

  private static final long MOST_MILLIS = Duration.ofMinutes(10).toMillis();

  private final SourcePartition partition;
  private final InstantSource clock;
  private @Nullable AlikeRun run;
  private long gatheredSince;

  public AlikeRejections(SourcePartition partition, InstantSource clock) {
    this.partition = partition;
    this.clock = clock;
  }

  void begin(Position position) {
    AlikeRun stored = position.getAlike();
    run = stored == null ? null : AlikeRun.newBuilder(stored).build();
    gatheredSince = clock.millis();
  }

  void stamp(Position position) {
    position.setAlike(run == null ? null : AlikeRun.newBuilder(run).build());
  }

  /**
   * Ends the current range of rejected records if the next outcome does not belong to it, and
   * returns the range's dead letter. An outcome belongs to the range if it is a rejection for the
   * same reason and of no earlier offset. Any other outcome also restarts the count of consecutive
   * rejections.
   *
   * @return dead letter of the ended range, to be written before the outcome; null if no range
   *     ended
   */
  @Nullable DeadLetter endedBy(Outcome outcome) {
    if (run == null) {
      return null;
    }
    AlikeRange range = run.getRange();
    boolean alike =
        outcome instanceof Outcome.Rejected rejected
            && rejected.letter().getReason().equals(run.getReason())
            && (range == null || rejected.letter().getWhere().getPosition() >= range.getLast());
    if (alike) {
      return null;
    }
    DeadLetter letter = gathered();
    run = null;
    return letter;
  }

  /**
   * Counts a rejected record, and returns whether the record shares a dead letter with other
   * rejected records. This is so after {@value #SINGLE} consecutive rejections for one reason. If
   * not, {@code letter} has to be written.
   */
  boolean gather(DeadLetter letter) {
    if (run == null) {
      run = new AlikeRun(letter.getReason(), 0L, 0L, null);
    }
    run.setRejections(run.getRejections() + 1);
    if (run.getRejections() <= SINGLE) {
      return false;
    }
    Where where = letter.getWhere();
    AlikeRange range = run.getRange();
    if (range == null) {
      gatheredSince = clock.millis();
      run.setArrivalAt(letter.getArrivalAt());
      range =
          new AlikeRange(
              where.getPosition(), where.getIndex(), where.getPosition(), where.getIndex(), 0L);
      run.setRange(range);
    }
    range.setLast(where.getPosition());
    range.setLastIndex(where.getIndex());
    range.setRecords(range.getRecords() + 1);
    return true;
  }

  boolean isDue() {
    return run != null && run.getRange() != null && clock.millis() - gatheredSince >= MOST_MILLIS;
  }

  /**
   * Closes the open range of consecutive rejections, and returns its one dead letter, or null if no
   * range is open. The next rejection for the same reason opens another range.
   *
   * @return dead letter for all records of the range, or null if no range is open
   */
  @Nullable DeadLetter gathered() {
    return run == null ? null : gathered(run, partition);
  }

  /**
   * Closes the open range in a run of rejections, and returns the range's dead letter, or null if
   * no range is open.
   *
   * @return dead letter for all records of the range, or null if no range is open
   */
  static @Nullable DeadLetter gathered(AlikeRun run, SourcePartition partition) {
    AlikeRange range = run.getRange();
    if (range == null) {
      return null;
    }
    Where where = Origin.at(partition.where(range.getFirst()), range.getFirstIndex());
    DeadLetter letter = letter(run.getReason(), where, range, run.getArrivalAt());
    run.setRange(null);
    return letter;
  }

  /**
   * Returns the dead letter for a range of records that were rejected for one reason.
   *
   * @param where place of the first record of the range
   */
  public static DeadLetter letter(String reason, Where where, AlikeRange range, long arrivalAt) {
    DeadLetter letter = new DeadLetter();
    letter.setReason(reason);
    letter.setDetail(
        "%d records in a row, from offset %d to %d, were rejected for this reason; only the source has their bytes"
            .formatted(range.getRecords(), range.getFirst(), range.getLast()));
    letter.setWhere(where);
    letter.setArrivalAt(arrivalAt);
    letter.setBody(ByteBuffer.allocate(0));
    letter.setRange(range);
    return letter;
  }
}
