/**
 * Rule {@code risky-sign-in-used}: accepted tokens of sign-ins that Entra holds to be risky.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.risk;

import org.jspecify.annotations.NullMarked;
