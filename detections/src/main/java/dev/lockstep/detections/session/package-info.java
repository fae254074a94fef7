/**
 * Rule {@code session-replay}: a session of one user on two machines.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.session;

import org.jspecify.annotations.NullMarked;
