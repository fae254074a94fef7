/**
 * Comparison of the findings of two runs, in bounded memory: which findings appeared, are gone or
 * changed, and why findings are gone.
 *
 * <p>Code that replays logs does not belong here. Findings come from files and from {@code
 * app.replay}. The reasons why findings are gone come from {@code app.explain}.
 */
@NullMarked
package dev.lockstep.app.compare;

import org.jspecify.annotations.NullMarked;
