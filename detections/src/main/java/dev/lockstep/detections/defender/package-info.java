/**
 * Rule {@code defender-corroboration}: a sign-in or an accepted call at an address that a Defender
 * alert names.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.defender;

import org.jspecify.annotations.NullMarked;
