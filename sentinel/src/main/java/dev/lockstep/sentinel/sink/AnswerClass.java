package dev.lockstep.sentinel.sink;

/** Meaning of a sink's answer for the rows of its request: stored, sent again, or waiting. */
public enum AnswerClass {
  /** Success: the rows are stored. */
  TAKEN,
  /** Status 429: the rows are sent again later. */
  THROTTLED,
  /** Status 5xx or 408: the rows are sent again later. */
  UNAVAILABLE,
  /** Failed or broken connection: the result is unknown, so the rows are sent again. */
  CUT,
  /** No answer in time: the result is unknown, so the rows are sent again. */
  TIMED_OUT,
  /** Unknown host name: the rows are sent again later. */
  UNRESOLVED,
  /** Host that cannot prove its identity: delivery waits for an operator's fix. */
  UNTRUSTED,
  /** Status 413: fewer rows are sent at once. */
  TOO_LARGE,
  /** Status 400: one of the rows is at fault. */
  REFUSED,
  /** Missing token: delivery waits for an operator's fix. */
  NO_TOKEN,
  /** Status 401 or 403: delivery waits for an operator's fix. */
  UNAUTHORISED,
  /** Status 404 or another refusal: delivery waits for an operator's fix. */
  MISCONFIGURED,
  /**
   * Success or redirect that the service never sends: something else answered, so the rows are sent
   * again.
   */
  UNEXPECTED
}
