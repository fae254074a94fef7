package dev.lockstep.capture.record;

/**
 * Event hub of a generated capture, with the name of the file that holds the hub's messages. A
 * recording may put a prefix before the file's name.
 */
public enum Hub {
  SIGN_INS("signins.jsonl.gz"),
  GATEWAY("gateway.jsonl.gz"),
  LINKS("links.jsonl.gz"),
  ALERTS("alerts.jsonl.gz"),
  XDR("xdr.jsonl.gz"),
  FRONT_DOOR("frontdoor.jsonl.gz"),
  GRAPH("graph.jsonl.gz"),
  AUDIT("audit.jsonl.gz"),
  KEY_VAULT("keyvault.jsonl.gz");

  public final String file;

  /**
   * Returns whether a message of the hub has a list of records. Otherwise the message is a record
   * itself.
   */
  public boolean enveloped() {
    return this != LINKS && this != ALERTS;
  }

  Hub(String file) {
    this.file = file;
  }
}
