package dev.lockstep.detections.join;

/**
 * Logs that a source may bring and that a call is joined with, so that waiting for them makes
 * sense.
 *
 * @param links if a source may bring identity links as separate messages
 * @param edges if a source may bring Front Door's records of requests
 * @param firewall if a source may bring records of Front Door's firewall
 */
public record JoinableLogs(boolean links, boolean edges, boolean firewall) {
  /** All of them. */
  public static final JoinableLogs ALL = new JoinableLogs(true, true, true);

  /** None of them, so that no half waits for another. */
  public static final JoinableLogs NONE = new JoinableLogs(false, false, false);
}
