package dev.lockstep.detections.alert;

import dev.lockstep.rules.AlertOnSubject;
import org.jspecify.annotations.Nullable;

/**
 * Defender alert as its records report it together.
 *
 * @param gate for which no rule compares it, or null if rules do
 */
public record ReportedAlert(AlertOnSubject alert, @Nullable String gate) {}
