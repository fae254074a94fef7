package dev.lockstep.capture;

/** The hubs of the capture: a file each. */
enum Hub {
  SIGN_INS("signins.jsonl.gz"),
  GATEWAY("gateway.jsonl.gz"),
  LINKS("links.jsonl.gz");

  final String file;

  Hub(String file) {
    this.file = file;
  }
}
