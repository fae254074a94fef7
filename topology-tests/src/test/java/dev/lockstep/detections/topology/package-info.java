@NullMarked
package dev.lockstep.detections.topology;

import org.jspecify.annotations.NullMarked;
