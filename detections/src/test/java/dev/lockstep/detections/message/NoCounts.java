package dev.lockstep.detections.message;

/** Counters of nothing, for rules that must not fail. */
final class NoCounts implements Observation.Counts {
  @Override
  public void suppressed(String rule, String gate) {}

  @Override
  public void counted(String rule, String name) {}

  @Override
  public void failed(String rule, String what, Throwable failure) {
    throw new AssertionError("the rule " + rule + " failed to " + what, failure);
  }
}
