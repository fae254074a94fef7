@NullMarked
package dev.lockstep.detections.storage;

import org.jspecify.annotations.NullMarked;
