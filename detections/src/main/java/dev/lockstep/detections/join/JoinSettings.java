package dev.lockstep.detections.join;

/**
 * Settings of the joins.
 *
 * @param links if a source may bring identity links as separate messages
 * @param edges if a source may bring Front Door's records
 */
public record JoinSettings(boolean links, boolean edges) {
  /** Settings by which both kinds of halves may arrive. */
  public static final JoinSettings ALL = new JoinSettings(true, true);

  /** Settings by which no half is waited for. */
  public static final JoinSettings NONE = new JoinSettings(false, false);
}
