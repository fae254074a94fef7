/** Rules, their state, and the topologies that run them. */
@NullMarked
package dev.lockstep.detections;

import org.jspecify.annotations.NullMarked;
