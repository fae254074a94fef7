/**
 * Simulated month of a company in which nobody does anything wrong, thieves to add to it, and
 * reports on what a replay found.
 *
 * <p>Nothing of the bundled capture may come in here.
 */
@NullMarked
package dev.lockstep.capture.month;

import org.jspecify.annotations.NullMarked;
