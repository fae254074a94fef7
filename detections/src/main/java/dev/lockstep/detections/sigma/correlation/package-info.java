/**
 * Correlations as functions of sets of events: members of a group, windows, numbers, and the
 * earliest hit.
 *
 * <p>No rule of the engine, no file and no look at an event's fields comes in here.
 */
@NullMarked
package dev.lockstep.detections.sigma.correlation;

import org.jspecify.annotations.NullMarked;
