/**
 * Warnings about Sigma documents that can be loaded: names, conditions, tags and tests that are
 * probably mistakes.
 *
 * <p>Faults that keep a document from being loaded do not belong here; the readers in {@code
 * document} and the loader find those.
 */
@NullMarked
package dev.lockstep.detections.sigma.lint;

import org.jspecify.annotations.NullMarked;
