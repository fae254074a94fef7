/**
 * Rule {@code waf-then-success}: an address that the firewall blocked, and that came through soon
 * after.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.waf;

import org.jspecify.annotations.NullMarked;
