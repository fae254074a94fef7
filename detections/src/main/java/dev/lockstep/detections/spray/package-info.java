/**
 * Rule {@code password-spray}: one address that tries passwords of many users.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.spray;

import org.jspecify.annotations.NullMarked;
