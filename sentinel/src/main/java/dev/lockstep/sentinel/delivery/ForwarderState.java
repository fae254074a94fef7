package dev.lockstep.sentinel.delivery;

/** State of a forwarder: stopped, running, retrying later, or waiting for an operator's fix. */
public enum ForwarderState {
  /** State before the start, such as while the service waits for its cluster. */
  STARTING,
  /** State after the end. */
  STOPPED,
  /** State of a forwarder that sends, or has nothing to send. */
  RUNNING,
  /** State of a forwarder that retries later, because the service or the way to it fails. */
  WAITING,
  /** State of a forwarder that waits until its identity may write to the data collection rule. */
  UNAUTHORISED,
  /** State of a forwarder that waits until endpoint, rule id and stream are correct. */
  MISCONFIGURED
}
