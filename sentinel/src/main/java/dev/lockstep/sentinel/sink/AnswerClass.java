package dev.lockstep.sentinel.sink;

/**
 * Meaning of a sink's answer for the rows that were sent to the sink. Each sink maps its answers to
 * these. The rows are stored, refused, sent again later, or sent again at intervals until an
 * operator has fixed the cause.
 */
public enum AnswerClass {
  /** Success: the rows are stored. */
  TAKEN,
  /** Status 429: the rows are sent again later. */
  THROTTLED,
  /** Temporary failure, such as status 5xx or 408: the rows are sent again later. */
  UNAVAILABLE,
  /** Failed or broken connection: the result is unknown, so the rows are sent again. */
  CUT,
  /** No answer in time: the result is unknown, so the rows are sent again. */
  TIMED_OUT,
  /** Unknown host name: the rows are sent again later. */
  UNRESOLVED,
  /**
   * Host that cannot prove its identity: an operator has to fix the cause, and the rows are tried
   * again until then.
   */
  UNTRUSTED,
  /** Rows that are too large, as by status 413: they are sent again in smaller requests. */
  TOO_LARGE,
  /** Refused rows, as by status 400: one of them may be at fault. */
  REFUSED,
  /** Missing token: an operator has to fix the cause, and the rows are tried again until then. */
  NO_TOKEN,
  /**
   * Refused identity, such as status 401 or 403: an operator has to fix the cause, and the rows are
   * tried again until then.
   */
  UNAUTHORISED,
  /**
   * Wrong target, such as status 404: an operator has to fix the cause, and the rows are tried
   * again until then.
   */
  MISCONFIGURED,
  /**
   * Redirect, or success status other than the expected one: an operator has to fix the cause, and
   * the rows are tried again until then.
   */
  UNEXPECTED
}
