package dev.lockstep.ingest.category;

/** The categories whose records are read alike. */
public enum Family {
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
  LINK;

  /** Whether the envelope says more than when, from where and how it ended. */
  public boolean speaksInTheEnvelope() {
    return this == DIRECTORY || this == RESOURCE || this == VAULT;
  }
}
