/**
 * Rule {@code privileged-without-pim}: privileged operations of users whose role was not active.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.privileged;

import org.jspecify.annotations.NullMarked;
