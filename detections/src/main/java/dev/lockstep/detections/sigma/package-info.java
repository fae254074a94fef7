/**
 * Sigma rules as rules of the engine: folders with documents compiled to one set, which is matched
 * in one pass over each event.
 *
 * <p>Code that knows stores or the engine does not belong here.
 */
@NullMarked
package dev.lockstep.detections.sigma;

import org.jspecify.annotations.NullMarked;
