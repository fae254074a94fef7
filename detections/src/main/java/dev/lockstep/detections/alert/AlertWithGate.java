package dev.lockstep.detections.alert;

import dev.lockstep.rules.AlertOnSubject;
import org.jspecify.annotations.Nullable;

/**
 * Defender alert as {@code explain} shows it, with the gate, if any, that keeps it from all rules
 * and from corroborating findings. {@link AlertCollection} united the records of the alert.
 *
 * @param gate gate that keeps the alert from rules and from corroborating findings, or null
 */
public record AlertWithGate(AlertOnSubject alert, @Nullable String gate) {}
