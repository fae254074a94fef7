package dev.lockstep.ingest;

import dev.lockstep.schemas.Activity;
import dev.lockstep.schemas.DeadLetter;

/** What became of one record. */
public sealed interface Outcome {

  /** An activity for the rules. */
  record Mapped(Activity activity) implements Outcome {}

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
  record Rejected(DeadLetter letter) implements Outcome {}

  /**
   * A readable record whose own time is out of reach of its arrival, kept out of every stateful
   * rule. Reasons: {@code future} (over 5 minutes ahead), {@code too-old} (over 30 days behind).
   */
  record Quarantined(DeadLetter letter) implements Outcome {}
}
