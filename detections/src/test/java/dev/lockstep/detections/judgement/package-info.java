@NullMarked
package dev.lockstep.detections.judgement;

import org.jspecify.annotations.NullMarked;
