/** Tests of the rule about Defender's alerts. */
@NullMarked
package dev.lockstep.detections.defender;

import org.jspecify.annotations.NullMarked;
