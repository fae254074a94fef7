/**
 * Markdown pages about Sigma rules, written from the documents of the rules.
 *
 * <p>Code that knows events, the engine or files does not belong here.
 */
@NullMarked
package dev.lockstep.detections.sigma.page;

import org.jspecify.annotations.NullMarked;
