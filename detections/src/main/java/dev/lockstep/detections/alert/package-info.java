/**
 * Defender alerts, each as the union of its records, with the subjects that the alert names and the
 * findings that the alert confirms.
 *
 * <p>No fact and no rule's verdict may come in here.
 */
@NullMarked
package dev.lockstep.detections.alert;

import org.jspecify.annotations.NullMarked;
