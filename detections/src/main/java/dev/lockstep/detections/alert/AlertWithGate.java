package dev.lockstep.detections.alert;

import dev.lockstep.rules.AlertOnSubject;
import org.jspecify.annotations.Nullable;

/**
 * Defender alert as {@code explain} shows it: the union of its records, which {@link
 * AlertCollection} made, and the gate that excludes the alert, if there is one.
 *
 * @param gate gate that keeps rules from comparing the alert, or null
 */
public record AlertWithGate(AlertOnSubject alert, @Nullable String gate) {}
