/**
 * Engine for the kit that tests rules: it processes one event at a time, and keeps all subjects in
 * one process.
 *
 * <p>Nothing of service or replay may come in here.
 */
@NullMarked
package dev.lockstep.detections.kit;

import org.jspecify.annotations.NullMarked;
