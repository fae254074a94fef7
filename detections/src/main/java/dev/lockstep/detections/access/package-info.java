/**
 * Rule {@code conditional-access-gap}: tokens of sign-ins that no conditional access policy
 * covered, at applications that need one.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.access;

import org.jspecify.annotations.NullMarked;
