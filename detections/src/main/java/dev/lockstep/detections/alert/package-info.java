/**
 * Defender's alerts: their records collected, the subjects that they name, and the findings that
 * they confirm.
 *
 * <p>No fact and no rule's verdict may come in here.
 */
@NullMarked
package dev.lockstep.detections.alert;

import org.jspecify.annotations.NullMarked;
