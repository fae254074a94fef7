package dev.lockstep.sentinel;

/** What an answer of the service means for the rows that were sent. */
public enum AnswerClass {
  /** Any 2xx: the service has the rows. */
  TAKEN,
  /** 429: later. */
  THROTTLED,
  /** Any 5xx, or 408: later. */
  UNAVAILABLE,
  /** The connection failed or broke: nobody knows, so again. */
  CUT,
  /** No answer in time: nobody knows, so again. */
  TIMED_OUT,
  /** 413: less at once. */
  TOO_LARGE,
  /** 400: one of the rows is at fault. */
  REFUSED,
  /** There was no token to send with: nothing goes until a person mends it. */
  NO_TOKEN,
  /** 401 or 403: nothing goes until a person mends it. */
  UNAUTHORISED,
  /** 404 and every other answer: nothing goes until a person mends it. */
  MISCONFIGURED
}
