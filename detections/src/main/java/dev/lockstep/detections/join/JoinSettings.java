package dev.lockstep.detections.join;

/**
 * Settings of the joins.
 *
 * @param links if a source may bring identity links as messages of their own
 * @param edges if a source may bring Front Door's own records
 */
public record JoinSettings(boolean links, boolean edges) {
  /** Everything may come. */
  public static final JoinSettings ALL = new JoinSettings(true, true);

  /** Nothing is waited for. */
  public static final JoinSettings NONE = new JoinSettings(false, false);
}
