package dev.lockstep.detections.message;

import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.schemas.Contribution;
import org.jspecify.annotations.Nullable;

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
   *
   * @param arrivalAt time at which the event that changed it reached the hub, 0 if no event did
   */
  void contribution(Contribution contribution, long arrivalAt);

  /**
   * Receives the news that an alert confirms a finding, or no longer confirms it.
   *
   * @param finding id of the finding
   * @param isNamed if the alert names the finding's principal
   * @param address address of the finding that the alert names, or null
   * @param confirms if the alert confirms the finding; false if it no longer does
   */
  void confirmation(
      String finding,
      AlertOnSubject alert,
      boolean isNamed,
      @Nullable String address,
      boolean confirms);
}
