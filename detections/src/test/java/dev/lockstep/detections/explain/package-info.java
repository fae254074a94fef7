/** Tests of what is recorded for {@code explain}. */
@NullMarked
package dev.lockstep.detections.explain;

import org.jspecify.annotations.NullMarked;
