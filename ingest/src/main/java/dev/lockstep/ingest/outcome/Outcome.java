package dev.lockstep.ingest.outcome;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.util.Set;

/** Outcome of one record: mapped, ignored, rejected or quarantined. */
public sealed interface Outcome {

  /**
   * Outcome of a record that became an activity.
   *
   * @param flaws words of the record's {@link Flaw}s
   */
  record Mapped(Activity activity, Set<String> flaws) implements Outcome {
    /** Creates the outcome of a record without a flaw. */
    public Mapped(Activity activity) {
      this(activity, Set.of());
    }
  }

  /**
   * Outcome of a record that Lockstep does not read, because of its category or of the service that
   * wrote it.
   *
   * @param category category as the record spells it, at most 128 characters; if it has none, the
   *     category that its content shows, or an empty text
   */
  record Ignored(String category) implements Outcome {}

  /**
   * Outcome of a record that could not be read. Reasons: {@code not-json}, {@code not-a-record},
   * {@code no-id}, {@code no-time}, {@code bad-time}, {@code too-deep}, {@code number-too-long},
   * {@code string-too-long}, {@code name-too-long}, {@code too-many-tokens}, {@code too-large},
   * {@code decompression-bomb}, {@code damaged-file}, {@code damaged-row}, {@code unknown-table},
   * {@code unreadable} (a fault of ours).
   */
  record Rejected(DeadLetter letter) implements Outcome {
    private static final String EXCERPT = ": \"";
    private static final String CUT = " (the first ";

    /**
     * Returns the dead letter to be stored. It has the record's bytes, and an excerpt of them, only
     * if another attempt may read the record.
     */
    public DeadLetter kept() {
      if (Reason.isRetryable(letter.getReason())) {
        return letter;
      }
      return new DeadLetter(
          letter.getReason(),
          upTo(CUT, upTo(EXCERPT, letter.getDetail())),
          letter.getCategory(),
          letter.getWhere(),
          letter.getArrivalAt(),
          ByteBuffer.allocate(0),
          letter.getRange(),
          letter.getRetried());
    }

    private static String upTo(String end, String text) {
      int at = text.indexOf(end);
      return at < 0 ? text : text.substring(0, at);
    }
  }

  /**
   * Outcome of a readable record whose time is too far from its arrival. No rule gets it. Reasons:
   * {@code future} (over 5 minutes ahead), {@code too-old} (over 30 days behind).
   */
  record Quarantined(DeadLetter letter) implements Outcome {}
}
