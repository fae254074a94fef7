/**
 * Rule {@code gateway-probing}: an address or a principal that tries many operations of a gateway
 * and is refused.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.probing;

import org.jspecify.annotations.NullMarked;
