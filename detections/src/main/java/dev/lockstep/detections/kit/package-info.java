/**
 * Engine of all subjects in one process, one event at a time, for the kit that tests rules.
 *
 * <p>Nothing of service or replay may come in here.
 */
@NullMarked
package dev.lockstep.detections.kit;

import org.jspecify.annotations.NullMarked;
