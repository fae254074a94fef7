/**
 * Detections in files, one a line: the output of {@code replay}, the rows of {@code demo}, and the
 * files of file sinks.
 *
 * <p>Code that decides whether a detection exists does not belong here.
 */
@NullMarked
package dev.lockstep.app.detection;

import org.jspecify.annotations.NullMarked;
