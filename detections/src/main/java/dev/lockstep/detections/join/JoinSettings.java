package dev.lockstep.detections.join;

/**
 * Settings of the joins, and of what is kept for records that no source may bring.
 *
 * @param links if a source may bring identity links as separate messages
 * @param edges if a source may bring Front Door's records of requests
 * @param firewall if a source may bring records of Front Door's firewall
 */
public record JoinSettings(boolean links, boolean edges, boolean firewall) {
  /** Settings by which everything may arrive. */
  public static final JoinSettings ALL = new JoinSettings(true, true, true);

  /** Settings by which no half is waited for. */
  public static final JoinSettings NONE = new JoinSettings(false, false, false);
}
