package dev.lockstep.capture.record;

/** The hubs of the capture: a file each. */
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

  /** Whether a message holds records, and is not itself one. */
  public boolean enveloped() {
    return this != LINKS && this != ALERTS;
  }

  Hub(String file) {
    this.file = file;
  }
}
