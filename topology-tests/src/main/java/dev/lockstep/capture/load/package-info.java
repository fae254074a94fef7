/**
 * Captures and messages of any size, for measurements.
 *
 * <p>No case of the bundled capture may come in here.
 */
@NullMarked
package dev.lockstep.capture.load;

import org.jspecify.annotations.NullMarked;
