package dev.lockstep.detections.message;

import dev.lockstep.schemas.Confirmation;
import dev.lockstep.schemas.Contribution;

/**
 * Receiver of an engine's output: messages to subjects, contributions to findings, and
 * confirmations of findings by alerts.
 */
public interface Output {
  /** Receives a message to a subject. The subject may belong to another engine. */
  void message(Message message);

  /**
   * Receives the latest contribution of a rule to a finding, which replaces the rule's earlier
   * contribution to it.
   */
  void contribution(Contribution contribution);

  /** Receives the news that an alert confirms a finding, or no longer confirms it. */
  void confirmation(Confirmation confirmation);
}
