package dev.lockstep.detections.alert;

import dev.lockstep.rules.AlertOnSubject;
import org.jspecify.annotations.Nullable;

/**
 * Defender alert as {@code explain} shows it, with the gate that keeps rules from comparing the
 * alert, if any. {@link AlertCollection} united its records.
 *
 * @param gate gate that keeps rules from comparing the alert, or null
 */
public record AlertWithGate(AlertOnSubject alert, @Nullable String gate) {}
