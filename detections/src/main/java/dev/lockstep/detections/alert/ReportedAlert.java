package dev.lockstep.detections.alert;

import dev.lockstep.rules.AlertOnSubject;
import org.jspecify.annotations.Nullable;

/**
 * Union of a Defender alert's records, with the gate that excludes it.
 *
 * @param gate gate that keeps rules from comparing the alert, or null
 */
public record ReportedAlert(AlertOnSubject alert, @Nullable String gate) {}
