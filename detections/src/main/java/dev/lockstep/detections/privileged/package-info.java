/**
 * Rule {@code privileged-without-pim}: privileged operations of users whose role was not active.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.privileged;

import org.jspecify.annotations.NullMarked;
