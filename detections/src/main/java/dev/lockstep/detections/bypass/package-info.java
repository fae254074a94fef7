/**
 * Rule {@code gateway-bypass}: calls that reach a gateway past its Front Door.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.bypass;

import org.jspecify.annotations.NullMarked;
