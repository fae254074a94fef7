/**
 * Rule {@code conditional-access-gap}: accepted tokens of sign-ins to a listed application, from an
 * unmanaged device or covered by no conditional access policy.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.access;

import org.jspecify.annotations.NullMarked;
