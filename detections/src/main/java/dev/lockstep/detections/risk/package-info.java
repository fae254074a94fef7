/**
 * Rule {@code risky-sign-in-used}: tokens of sign-ins that Entra holds to be risky, and that were
 * accepted all the same.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.risk;

import org.jspecify.annotations.NullMarked;
