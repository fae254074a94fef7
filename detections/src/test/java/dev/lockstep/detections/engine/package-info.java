@NullMarked
package dev.lockstep.detections.engine;

import org.jspecify.annotations.NullMarked;
