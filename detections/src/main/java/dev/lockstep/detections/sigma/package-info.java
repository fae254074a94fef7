/**
 * Sigma rules that the engine runs: documents from folders, compiled to one set that is matched in
 * one pass over each event.
 *
 * <p>Code that knows stores or the engine does not belong here.
 */
@NullMarked
package dev.lockstep.detections.sigma;

import org.jspecify.annotations.NullMarked;
