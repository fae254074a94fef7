/**
 * Rule {@code conditional-access-gap}: tokens of sign-ins that no conditional access policy
 * covered, at applications that need one.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.access;

import org.jspecify.annotations.NullMarked;
