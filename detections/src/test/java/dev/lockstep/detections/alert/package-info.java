@NullMarked
package dev.lockstep.detections.alert;

import org.jspecify.annotations.NullMarked;
