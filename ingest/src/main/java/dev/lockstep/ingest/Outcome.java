package dev.lockstep.ingest;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;
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
  record PassedBy(String category) implements Outcome {}

  /**
   * A record that could not be read. Reasons: {@code not-json}, {@code not-a-record}, {@code
   * no-id}, {@code no-time}, {@code bad-time}, {@code too-deep}, {@code number-too-long}, {@code
   * string-too-long}, {@code name-too-long}, {@code too-many-tokens}, {@code too-large}, {@code
   * decompression-bomb}, {@code damaged-file}, {@code damaged-row}, {@code unknown-table}, {@code
   * unreadable} (a fault of ours).
   */
  record Rejected(DeadLetter letter) implements Outcome {}

  /**
   * A readable record whose own time is out of reach of its arrival, kept out of every stateful
   * rule. Reasons: {@code future} (over 5 minutes ahead), {@code too-old} (over 30 days behind).
   */
  record Quarantined(DeadLetter letter) implements Outcome {}
}
