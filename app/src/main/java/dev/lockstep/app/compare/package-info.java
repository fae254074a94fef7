/**
 * Comparison of the findings of two runs, in bounded memory: which findings appeared, are gone or
 * changed, and why findings are gone.
 *
 * <p>Code that replays logs does not belong here; findings come from files and from {@code
 * app.replay}, and the reasons why findings are gone from {@code app.explain}.
 */
@NullMarked
package dev.lockstep.app.compare;

import org.jspecify.annotations.NullMarked;
