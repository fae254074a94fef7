/**
 * Explanation of why rules fired or were suppressed for one subject, as text and as JSON.
 *
 * <p>Nothing is judged here: explanations show what the engine reports.
 */
@NullMarked
package dev.lockstep.app.explain;

import org.jspecify.annotations.NullMarked;
