package dev.lockstep.sentinel.sink;

/** What an answer means for the rows that were sent. */
public enum AnswerClass {
  /** They are there for good. */
  TAKEN,
  /** 429: later. */
  THROTTLED,
  /** Any 5xx, or 408: later. */
  UNAVAILABLE,
  /** The connection failed or broke: nobody knows, so again. */
  CUT,
  /** No answer in time: nobody knows, so again. */
  TIMED_OUT,
  /** No name server knows the host: later. */
  UNRESOLVED,
  /** Whoever answers cannot prove to be the host: nothing goes until a person fixes it. */
  UNTRUSTED,
  /** 413: less at once. */
  TOO_LARGE,
  /** 400: one of the rows is at fault. */
  REFUSED,
  /** There was no token to send with: nothing goes until a person fixes it. */
  NO_TOKEN,
  /** 401 or 403: nothing goes until a person fixes it. */
  UNAUTHORISED,
  /** 404 and every other refusal: nothing goes until a person fixes it. */
  MISCONFIGURED,
  /** A success or a redirect that the service never gives: somebody else answers, so again. */
  UNEXPECTED
}
