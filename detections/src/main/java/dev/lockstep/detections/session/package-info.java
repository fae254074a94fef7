/**
 * Rule {@code session-replay}: a session of one user on two machines.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.session;

import org.jspecify.annotations.NullMarked;
