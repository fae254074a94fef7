package dev.lockstep.detections.message;

import dev.lockstep.rules.AlertOnSubject;
import dev.lockstep.schemas.Contribution;
import org.jspecify.annotations.Nullable;

/** Output of an engine. */
public interface Output {
  /** Takes a message to a subject, which may be another engine's. */
  void message(Message message);

  /**
   * Takes what a rule makes of a finding now.
   *
   * @param arrivalAt when the event that changed it reached the hub, 0 if none did
   */
  void contribution(Contribution contribution, long arrivalAt);

  /**
   * Takes what an alert and a finding have in common.
   *
   * @param finding id of the finding
   * @param isNamed if the alert names the finding's principal
   * @param address of the finding that the alert names, or null
   * @param stands false if the alert does not confirm the finding any more
   */
  void confirmation(
      String finding,
      AlertOnSubject alert,
      boolean isNamed,
      @Nullable String address,
      boolean stands);
}
