@NullMarked
package dev.lockstep.detections.message;

import org.jspecify.annotations.NullMarked;
