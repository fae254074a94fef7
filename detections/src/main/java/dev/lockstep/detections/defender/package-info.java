/**
 * Rule {@code defender-corroboration}: a principal was let in at an address on which Defender
 * alerts.
 *
 * <p>Nothing of another rule or of the engine comes in here.
 */
@NullMarked
package dev.lockstep.detections.defender;

import org.jspecify.annotations.NullMarked;
