package dev.lockstep.detections.join;

/**
 * Selection of the optional logs that sources may bring: identity links, and Front Door's records
 * of requests and of its firewall. No call waits for a log that no source brings. Without the
 * firewall's records, a rule that needs them observes no event.
 *
 * @param links whether a source may bring identity links as separate messages
 * @param edges whether a source may bring Front Door's records of requests
 * @param firewall whether a source may bring records of Front Door's firewall
 */
public record JoinableLogs(boolean links, boolean edges, boolean firewall) {
  /**
   * All optional logs: identity links, and Front Door's records of requests and of its firewall.
   */
  public static final JoinableLogs ALL = new JoinableLogs(true, true, true);

  /**
   * None of the optional logs, so that no call waits for an identity link or for Front Door's
   * record.
   */
  public static final JoinableLogs NONE = new JoinableLogs(false, false, false);
}
