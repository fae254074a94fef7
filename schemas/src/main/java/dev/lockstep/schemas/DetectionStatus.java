package dev.lockstep.schemas;

import org.jspecify.annotations.NullMarked;

/** Status of a detection: whether it retracts its finding, and whether its rule is in shadow. */
@NullMarked
public final class DetectionStatus {
  /** Value of the field {@code reason} of a detection that retracts its finding. */
  public static final String WITHDRAWN = "withdrawn";

  private DetectionStatus() {}

  /** Returns whether a detection retracts its finding. */
  public static boolean isWithdrawn(Detection detection) {
    return detection.getReason().equals(WITHDRAWN);
  }

  /** Returns whether a detection is of a rule in shadow, and so is not sent to sinks. */
  public static boolean isInShadow(Detection detection) {
    return Boolean.TRUE.equals(detection.getShadow());
  }
}
