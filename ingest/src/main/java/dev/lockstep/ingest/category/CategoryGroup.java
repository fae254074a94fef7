package dev.lockstep.ingest.category;

/** Group of log categories whose records are read by one mapper. */
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
   * Returns whether the operation, identity and result details at a record's top level are read for
   * this group.
   */
  public boolean readsEnvelope() {
    return this == DIRECTORY || this == RESOURCE || this == VAULT || this == CONTEXT;
  }
}
