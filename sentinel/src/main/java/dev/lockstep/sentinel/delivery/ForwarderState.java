package dev.lockstep.sentinel.delivery;

/** How delivery stands. */
public enum ForwarderState {
  /** Not started, or closed. */
  STOPPED,
  /** Sends, or has nothing to send. */
  RUNNING,
  /** Tries again later: the service or the way to it is not well. */
  WAITING,
  /** Stands still until the identity may write to the data collection rule. */
  UNAUTHORISED,
  /** Stands still until endpoint, rule id and stream name something that exists. */
  MISCONFIGURED
}
