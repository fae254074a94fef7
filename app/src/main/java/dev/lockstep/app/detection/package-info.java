/**
 * Detections as commands read them, from the topic of detections or from files with one detection
 * on each line, such as the output of {@code replay}.
 *
 * <p>Code that decides whether a detection exists does not belong here.
 */
@NullMarked
package dev.lockstep.app.detection;

import org.jspecify.annotations.NullMarked;
