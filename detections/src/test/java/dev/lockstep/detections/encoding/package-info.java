@NullMarked
package dev.lockstep.detections.encoding;

import org.jspecify.annotations.NullMarked;
