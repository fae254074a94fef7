package dev.lockstep.ingest.source;

import dev.lockstep.schemas.LastRecord;
import dev.lockstep.schemas.Position;
import org.jspecify.annotations.Nullable;

/** The offset at which reading of a partition goes on, and how that fits its stored position. */
public sealed interface Resumption {
  /** Returns the first offset to read. */
  long next();

  /** The stored position itself. */
  record Fits(long next) implements Resumption {}

  /**
   * The start of the log, since retention was faster than the reader.
   *
   * @param first the stored position: the first offset that was not read
   */
  record Overtaken(long first, long next) implements Resumption {}

  /**
   * The start of the log, since the stored position belongs to other records.
   *
   * @param why the difference, as part of a sentence
   */
  record Replaced(long next, String why) implements Resumption {}

  /**
   * Holds a stored position against a log.
   *
   * <p>Ids decide where both sides have one. Else a record that was read is read again; where
   * compaction has removed it, a log whose first record is younger than it is another log. Where
   * retention has removed it nothing can tell, and nothing has to: reading goes on at the start of
   * the log in both cases.
   */
  static Resumption of(Position stored, SourceLog log) {
    SourceLog.Bounds bounds = log.bounds();
    long next = stored.getNextOffset();
    String before = stored.getTopicId();
    String now = log.topicId();
    if (before != null && now != null && !before.equals(now)) {
      return new Replaced(bounds.first(), "its topic id was " + before + " and is " + now);
    }
    if (next > bounds.behindLast()) {
      return new Replaced(
          bounds.first(),
          "it ends at offset %d and was read up to %d".formatted(bounds.behindLast(), next));
    }
    LastRecord last = stored.getLastRecord();
    boolean known = before != null && now != null && log.idsAreUnique();
    if (!known && last != null && last.getOffset() >= bounds.first()) {
      String why = difference(last, bounds.first(), log);
      if (why != null) {
        return new Replaced(bounds.first(), why);
      }
    }
    return next < bounds.first()
        ? new Overtaken(/* first= */ next, /* next= */ bounds.first())
        : new Fits(next);
  }

  private static @Nullable String difference(LastRecord last, long first, SourceLog log) {
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
        ? "its first record is younger than the last one that was read"
        : null;
  }
}
