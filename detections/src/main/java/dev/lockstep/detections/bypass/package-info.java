/**
 * Rule {@code gateway-bypass}: calls that reach a gateway past its Front Door.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.bypass;

import org.jspecify.annotations.NullMarked;
