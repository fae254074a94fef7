package dev.lockstep.ingest.outcome;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;

/** Reason why a record is rejected or quarantined. */
public enum Reason {
  NOT_JSON("not-json"),
  NOT_A_RECORD("not-a-record", false),
  NO_ID("no-id", false),
  NO_TIME("no-time", false),
  BAD_TIME("bad-time", false),
  TOO_DEEP("too-deep"),
  NUMBER_TOO_LONG("number-too-long"),
  STRING_TOO_LONG("string-too-long"),
  NAME_TOO_LONG("name-too-long"),
  TOO_MANY_TOKENS("too-many-tokens"),
  TOO_LARGE("too-large"),
  DECOMPRESSION_BOMB("decompression-bomb", false),
  DAMAGED_FILE("damaged-file", false),
  DAMAGED_ROW("damaged-row", false),
  UNKNOWN_TABLE("unknown-table"),
  UNREADABLE("unreadable"),
  FUTURE("future"),
  TOO_OLD("too-old");

  public final String word;

  /**
   * True if another reading can succeed, with other limits or in a later version. It is false if
   * the record itself is at fault.
   */
  final boolean isRetryable;

  Reason(String word) {
    this(word, true);
  }

  Reason(String word, boolean isRetryable) {
    this.word = word;
    this.isRetryable = isRetryable;
  }

  static boolean isRetryable(String word) {
    for (Reason reason : values()) {
      if (reason.word.equals(word)) {
        return reason.isRetryable;
      }
    }
    return true;
  }

  /**
   * Returns whether ingest rejects or quarantines records for the reason that a dead letter gives.
   * Dead letters with other reasons hold an activity or a detection.
   */
  public static boolean isIngestReason(String word) {
    for (Reason reason : values()) {
      if (reason.word.equals(word)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the reason to reject a record that a parser failed to read. The failure's message tells
   * which limit was exceeded.
   */
  public static Reason of(IOException failure) {
    if (failure instanceof FaultException) {
      return UNREADABLE;
    }
    if (!(failure instanceof StreamConstraintsException limit)) {
      return NOT_JSON;
    }
    String message = limit.getOriginalMessage();
    if (message.contains("getMaxNestingDepth")) {
      return TOO_DEEP;
    } else if (message.contains("getMaxNumberLength")) {
      return NUMBER_TOO_LONG;
    } else if (message.contains("getMaxStringLength")) {
      return STRING_TOO_LONG;
    } else if (message.contains("getMaxNameLength")) {
      return NAME_TOO_LONG;
    } else if (message.contains("getMaxTokenCount")) {
      return TOO_MANY_TOKENS;
    } else {
      return TOO_LARGE;
    }
  }
}
