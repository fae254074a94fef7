package dev.lockstep.detections.finding;

/** Remainder of a finding that was erased: its id and its last revision. */
final class ErasedFinding {
  static final String REASON = "erased";

  private ErasedFinding() {}
}
