/** Tests of the driver in one process. */
@NullMarked
package dev.lockstep.detections.local;

import org.jspecify.annotations.NullMarked;
