/**
 * Explanation of why rules fired or were suppressed for one subject, as text and as JSON.
 *
 * <p>Nothing here judges: the explanation shows what the engine reports.
 */
@NullMarked
package dev.lockstep.app.explain;

import org.jspecify.annotations.NullMarked;
