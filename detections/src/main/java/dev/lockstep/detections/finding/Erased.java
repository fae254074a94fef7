package dev.lockstep.detections.finding;

/** Remainder of a finding that was erased: its id and its last revision. */
final class Erased {
  static final String REASON = "erased";

  private Erased() {}
}
