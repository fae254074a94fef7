@NullMarked
package dev.lockstep.detections.erasure;

import org.jspecify.annotations.NullMarked;
