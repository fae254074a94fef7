/**
 * Matching of events by Sigma: values and modifiers, selections, conditions, and the index that
 * matches all rules in one pass over an event.
 *
 * <p>Code that knows YAML, files, rules of the engine or state does not belong here.
 */
@NullMarked
package dev.lockstep.detections.sigma.match;

import org.jspecify.annotations.NullMarked;
