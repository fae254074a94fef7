/** Tests of incidents: which findings make one, its id, its bounds. */
@NullMarked
package dev.lockstep.detections.incident;

import org.jspecify.annotations.NullMarked;
