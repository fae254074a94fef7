/**
 * Rule {@code defender-corroboration}: somebody was let in at an address that Defender alerts on.
 *
 * <p>Nothing of another rule or of the engine comes in here.
 */
@NullMarked
package dev.lockstep.detections.defender;

import org.jspecify.annotations.NullMarked;
