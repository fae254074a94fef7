@NullMarked
package dev.lockstep.detections.local;

import org.jspecify.annotations.NullMarked;
