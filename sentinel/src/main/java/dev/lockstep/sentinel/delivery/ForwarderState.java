package dev.lockstep.sentinel.delivery;

/**
 * State of a forwarder: starting, stopped, running, retrying later, or waiting for access or for an
 * operator's fix.
 */
public enum ForwarderState {
  /** State of a forwarder that has not started, such as while the service waits for its cluster. */
  STARTING,
  /** State of a forwarder that has ended. */
  STOPPED,
  /** State of a forwarder that sends, or has nothing to send. */
  RUNNING,
  /** State of a forwarder that retries later, because the sink, Kafka or the network fails. */
  WAITING,
  /** State of a forwarder that waits for a token or for the right to write. */
  UNAUTHORISED,
  /** State of a forwarder that waits until the sink or its settings are fixed. */
  MISCONFIGURED
}
