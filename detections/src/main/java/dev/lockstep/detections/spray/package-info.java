/**
 * Rule {@code password-spray}: one address that tries passwords of many users.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.spray;

import org.jspecify.annotations.NullMarked;
