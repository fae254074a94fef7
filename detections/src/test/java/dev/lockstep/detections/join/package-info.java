/** Tests of the joins of calls with their other halves. */
@NullMarked
package dev.lockstep.detections.join;

import org.jspecify.annotations.NullMarked;
