package dev.lockstep.detections.alert;

import dev.lockstep.rules.AlertOnSubject;
import org.jspecify.annotations.Nullable;

/**
 * Defender alert as {@code explain} shows it, with the gate that keeps it from being compared and
 * from corroborating findings, if any. {@link AlertCollection} united the records of the alert.
 *
 * @param gate gate that keeps the alert from being compared and from corroborating findings, or
 *     null
 */
public record AlertWithGate(AlertOnSubject alert, @Nullable String gate) {}
