/**
 * Matching of events by Sigma: values and modifiers, selections, conditions, and the index that
 * matches all rules in one pass over an event.
 *
 * <p>No YAML, no file, no rule of the engine and no state come in here.
 */
@NullMarked
package dev.lockstep.detections.sigma.match;

import org.jspecify.annotations.NullMarked;
