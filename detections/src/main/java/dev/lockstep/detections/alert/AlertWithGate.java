package dev.lockstep.detections.alert;

import dev.lockstep.rules.AlertOnSubject;
import org.jspecify.annotations.Nullable;

/**
 * Defender alert as the command {@code explain} shows it. A gate may keep the alert from all rules
 * and from corroborating findings. {@link AlertCollection} united the records of the alert.
 *
 * @param gate gate that keeps the alert from rules and from corroborating findings, or null
 */
public record AlertWithGate(AlertOnSubject alert, @Nullable String gate) {}
