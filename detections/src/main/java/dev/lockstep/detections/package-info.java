/** The rules, their state, and the topologies that drive them. */
@NullMarked
package dev.lockstep.detections;

import org.jspecify.annotations.NullMarked;
