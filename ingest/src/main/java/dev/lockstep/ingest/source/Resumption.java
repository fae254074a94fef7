package dev.lockstep.ingest.source;

import dev.lockstep.ingest.outcome.Losses;
import dev.lockstep.schemas.LastRecord;
import dev.lockstep.schemas.Position;
import org.jspecify.annotations.Nullable;

/** Offset at which the reading of a partition resumes, and the reason for it. */
public sealed interface Resumption {
  /** Returns the first offset to read. */
  long next();

  /**
   * Counts the loss that caused this resumption, and returns it, or null if no records were lost or
   * the loss was reported before.
   *
   * @param number the source's word for a position: offset, or sequence number
   * @param position stored position
   */
  default Losses.@Nullable Loss countLoss(
      Losses losses, String partition, String number, long position, long at) {
    if (this instanceof Replaced replaced) {
      return losses.replaced(partition, number, position, next(), replaced.why(), at);
    }
    return this instanceof Overtaken
        ? losses.recordRemoved(partition, number, position, next(), at)
        : null;
  }

  /** Resumption at the stored position, or at the configured start if no position is stored. */
  record Fits(long next) implements Resumption {}

  /**
   * Resumption at the start of the log, because retention removed records before they were read.
   */
  record Overtaken(long next) implements Resumption {}

  /**
   * Resumption of a partition whose log was created again or truncated after the position was
   * stored.
   *
   * @param next start of the log, or the first offset whose record is known to have replaced one
   *     that was read
   * @param why reason why the log is another than before, as part of a sentence
   */
  record Replaced(long next, String why) implements Resumption {}

  /**
   * Compares a log with the stored position, and returns where reading resumes and why.
   *
   * <p>Another topic id, or an end before the stored position, shows another log. An equal topic id
   * shows the same log if ids are unique. Otherwise the last record that was read is fetched and
   * compared. If compaction has removed that record, a first record that is younger than the
   * removed one shows another log. If retention has removed that record, the two logs cannot be
   * told apart, and reading resumes at the start of the log in either case.
   */
  static Resumption of(Position stored, PartitionContent log) {
    PartitionContent.Bounds bounds = log.bounds();
    long next = stored.getNextOffset();
    String before = stored.getTopicId();
    String now = log.topicId();
    if (before != null && now != null && !before.equals(now)) {
      return new Replaced(bounds.first(), "its topic id was " + before + " and is " + now);
    }
    if (next > bounds.behindLast()) {
      return new Replaced(
          bounds.first(),
          "the log ends at offset %d, but was read up to offset %d"
              .formatted(bounds.behindLast(), next));
    }
    LastRecord last = stored.getLastRecord();
    boolean known = before != null && now != null && log.idsAreUnique();
    if (!known && last != null && last.getOffset() >= bounds.first()) {
      String why = difference(last, bounds.first(), log);
      if (why != null) {
        return new Replaced(bounds.first(), why);
      }
    }
    return next < bounds.first() ? new Overtaken(bounds.first()) : new Fits(next);
  }

  private static @Nullable String difference(LastRecord last, long first, PartitionContent log) {
    LastRecord found = log.firstFrom(last.getOffset());
    if (found == null) {
      return null;
    }
    if (found.getOffset() == last.getOffset()) {
      return found.equals(last)
          ? null
          : "the record at offset %d is not the one that was read".formatted(last.getOffset());
    }
    LastRecord oldest = log.firstFrom(first);
    return oldest != null
            && oldest.getOffset() < last.getOffset()
            && last.getAt() >= 0
            && oldest.getAt() > last.getAt()
        ? "the first record of the log is younger than the last record that was read"
        : null;
  }
}
