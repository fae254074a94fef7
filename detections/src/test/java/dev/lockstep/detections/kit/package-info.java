@NullMarked
package dev.lockstep.detections.kit;

import org.jspecify.annotations.NullMarked;
