package dev.lockstep.ingest.outcome;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.util.Set;

/** What became of one record. */
public sealed interface Outcome {

  /**
   * An activity for the rules.
   *
   * @param flaws what is odd about its record: {@code duplicate-key} (an identity key comes twice,
   *     and the last value stands), {@code not-a-guid} (an id that Entra writes as one is none)
   */
  record Mapped(Activity activity, Set<String> flaws) implements Outcome {
    /** Creates an activity of a record without a flaw. */
    public Mapped(Activity activity) {
      this(activity, Set.of());
    }
  }

  /**
   * A record of a kind that is not read.
   *
   * @param category as the record spells it, at most 128 characters; empty if it has none
   */
  record Ignored(String category) implements Outcome {}

  /**
   * A record that could not be read. Reasons: {@code not-json}, {@code not-a-record}, {@code
   * no-id}, {@code no-time}, {@code bad-time}, {@code too-deep}, {@code number-too-long}, {@code
   * string-too-long}, {@code name-too-long}, {@code too-many-tokens}, {@code too-large}, {@code
   * decompression-bomb}, {@code damaged-file}, {@code damaged-row}, {@code unknown-table}, {@code
   * unreadable} (a fault of ours).
   */
  record Rejected(DeadLetter letter) implements Outcome {
    private static final String EXCERPT = ": \"";
    private static final String CUT = " (the first ";

    /**
     * Returns the letter as its topic keeps it: with the record where another attempt may read it,
     * else with reason and place alone, and without a value of it.
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
   * A readable record whose own time is out of reach of its arrival, kept out of every stateful
   * rule. Reasons: {@code future} (over 5 minutes ahead), {@code too-old} (over 30 days behind).
   */
  record Quarantined(DeadLetter letter) implements Outcome {}
}
