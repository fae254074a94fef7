/**
 * Rule {@code risky-sign-in-used}: tokens of sign-ins that Entra holds to be risky, and that were
 * accepted all the same.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.risk;

import org.jspecify.annotations.NullMarked;
