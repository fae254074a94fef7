/**
 * Rule {@code gateway-probing}: an address or a principal that tries many operations of a gateway
 * and is refused.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.probing;

import org.jspecify.annotations.NullMarked;
