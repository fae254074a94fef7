package dev.lockstep.detections.engine;

import dev.lockstep.schemas.Contribution;

/** Output of an engine. */
public interface Output {
  /** Takes a visit to a subject, which may be another engine's. */
  void visit(Visit visit);

  /**
   * Takes what a rule makes of a finding now.
   *
   * @param arrivalAt when the event that changed it reached the hub, 0 if none did
   */
  void contribution(Contribution contribution, long arrivalAt);
}
