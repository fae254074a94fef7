/**
 * Rule {@code partner-ip-drift}: a partner's key that is used from a network which is not the
 * partner's. No other rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.partner;

import org.jspecify.annotations.NullMarked;
