/**
 * Rule {@code waf-then-success}: an address that the firewall blocked, and that came through soon
 * after.
 *
 * <p>No other rule comes in, and nothing of the engine.
 */
@NullMarked
package dev.lockstep.detections.waf;

import org.jspecify.annotations.NullMarked;
