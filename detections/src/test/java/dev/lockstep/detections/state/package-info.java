@NullMarked
package dev.lockstep.detections.state;

import org.jspecify.annotations.NullMarked;
