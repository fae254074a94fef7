/**
 * Rule {@code conditional-access-gap}: accepted tokens whose sign-in to a listed application came
 * from an unmanaged device where a managed one is required, or was covered by no conditional access
 * policy.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.access;

import org.jspecify.annotations.NullMarked;
