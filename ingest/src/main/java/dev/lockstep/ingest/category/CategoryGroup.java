package dev.lockstep.ingest.category;

/** Group of log categories whose records are read by one mapper. */
public enum CategoryGroup {
  SIGN_IN,
  GATEWAY,
  GRAPH,
  /** Changes in the Entra directory. */
  DIRECTORY,
  /** Changes of Azure's resources. */
  RESOURCE,
  RISK,
  EDGE,
  VAULT,
  ALERT,
  /**
   * Logs that no built-in rule reads, such as those of network access. Their records become
   * activities all the same.
   */
  CONTEXT,
  LINK;

  /**
   * Returns whether the operation, identity and result details at a record's top level are read for
   * this group, in addition to its properties.
   */
  public boolean readsEnvelope() {
    return this == DIRECTORY || this == RESOURCE || this == VAULT || this == CONTEXT;
  }
}
