/**
 * Rule {@code waf-then-success}: an address that the firewall blocked, and from which the gateway
 * accepted a call soon after.
 *
 * <p>Nothing of another rule or of the engine may come in here.
 */
@NullMarked
package dev.lockstep.detections.waf;

import org.jspecify.annotations.NullMarked;
