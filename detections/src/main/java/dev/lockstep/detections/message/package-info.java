/**
 * Observation of events by the rules, the messages to subjects that result, and the output of an
 * engine.
 *
 * <p>No state of a subject may come in here.
 */
@NullMarked
package dev.lockstep.detections.message;

import org.jspecify.annotations.NullMarked;
