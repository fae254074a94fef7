/**
 * Rule {@code partner-ip-drift}: a partner's key that is used from a network which is not the
 * partner's. Nothing but the rule comes in here, and it knows no other.
 */
@NullMarked
package dev.lockstep.detections.partner;

import org.jspecify.annotations.NullMarked;
