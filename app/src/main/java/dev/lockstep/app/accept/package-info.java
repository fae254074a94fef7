/**
 * Acceptance of a detection as expected: the detection as replay or the topic has it, the narrowest
 * exception for it, and the other detections that this exception would hide.
 *
 * <p>No exception is applied here; the engine does that.
 */
@NullMarked
package dev.lockstep.app.accept;

import org.jspecify.annotations.NullMarked;
