package dev.lockstep.sentinel.sink;

/**
 * Meaning of a sink's answer for the rows of its request: stored, sent again later, refused, or
 * waiting for an operator's fix.
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
  /** Host that cannot prove its identity: delivery waits for an operator's fix. */
  UNTRUSTED,
  /** Rows that are too large, as by status 413: fewer rows are sent at once. */
  TOO_LARGE,
  /** Refused rows, as by status 400: one of them may be at fault. */
  REFUSED,
  /** Missing token: delivery waits for an operator's fix. */
  NO_TOKEN,
  /** Refused identity, such as status 401 or 403: delivery waits for an operator's fix. */
  UNAUTHORISED,
  /** Wrong target, such as status 404: delivery waits for an operator's fix. */
  MISCONFIGURED,
  /**
   * Redirect, or success status other than the expected one: delivery waits for an operator's fix.
   */
  UNEXPECTED
}
