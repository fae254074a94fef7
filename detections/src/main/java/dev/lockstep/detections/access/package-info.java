/**
 * Rule {@code conditional-access-gap}: accepted tokens whose sign-in to a listed application came
 * from an unmanaged device although a managed device is required, or was not covered by any
 * conditional access policy.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.access;

import org.jspecify.annotations.NullMarked;
