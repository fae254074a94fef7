/**
 * Sigma rules as rules of the engine: folders with documents compiled to one set, which is matched
 * in one pass over each event.
 *
 * <p>No store and nothing of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.sigma;

import org.jspecify.annotations.NullMarked;
