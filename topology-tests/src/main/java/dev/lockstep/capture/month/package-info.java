/**
 * Simulated month of a company in which nobody does anything wrong, and of thieves beside it, with
 * what a replay made of them.
 *
 * <p>Nothing of the bundled capture comes in here.
 */
@NullMarked
package dev.lockstep.capture.month;

import org.jspecify.annotations.NullMarked;
