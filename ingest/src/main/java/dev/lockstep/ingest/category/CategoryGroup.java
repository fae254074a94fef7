package dev.lockstep.ingest.category;

/** Group of log categories whose records have the same fields and one mapper. */
public enum CategoryGroup {
  SIGN_IN,
  GATEWAY,
  GRAPH,
  /** Changes in the directory. */
  DIRECTORY,
  /** Changes of Azure's resources. */
  RESOURCE,
  RISK,
  EDGE,
  VAULT,
  ALERT,
  /** Records that are kept as context, and that no rule reads. */
  CONTEXT,
  LINK;

  /**
   * Returns whether the group's mapper reads more of the envelope than time, address and result.
   */
  public boolean readsEnvelope() {
    return this == DIRECTORY || this == RESOURCE || this == VAULT || this == CONTEXT;
  }
}
