/**
 * Comparison of the findings of two runs, in bounded memory: which findings appeared, are gone or
 * changed, and why findings are gone.
 *
 * <p>Code that knows rules or the engine does not belong here; explanations come from {@code
 * app.explain}.
 */
@NullMarked
package dev.lockstep.app.compare;

import org.jspecify.annotations.NullMarked;
