package dev.lockstep.detections.join;

/**
 * Settings of the joins: which records a source may bring, so that waiting for them makes sense.
 *
 * @param links if a source may bring identity links as separate messages
 * @param edges if a source may bring Front Door's records of requests
 * @param firewall if a source may bring records of Front Door's firewall
 */
public record JoinSettings(boolean links, boolean edges, boolean firewall) {
  /** Settings with which all records may arrive. */
  public static final JoinSettings ALL = new JoinSettings(true, true, true);

  /** Settings with which no half waits for another. */
  public static final JoinSettings NONE = new JoinSettings(false, false, false);
}
