package dev.lockstep.detections.engine;

import dev.lockstep.detections.message.Message;
import dev.lockstep.detections.message.Output;
import dev.lockstep.detections.message.RuleCounts;
import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;

/** Output and counters of an engine that a test does not look at. A rule that fails is an error. */
public interface SilentEngine extends Output, RuleCounts {
  @Override
  default void message(Message message) {}

  @Override
  default void contribution(Contribution contribution) {}

  @Override
  default void confirmation(Confirmation confirmation) {}

  @Override
  default void suppressed(String rule, String gate) {}

  @Override
  default void counted(String rule, String name) {}

  @Override
  default void failed(String rule, String what, Throwable failure) {
    throw new AssertionError("the rule " + rule + " failed to " + what, failure);
  }
}
