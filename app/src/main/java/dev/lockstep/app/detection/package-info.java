/**
 * Detections as commands read them: from files with one a line, such as the output of {@code
 * replay}, the rows of {@code demo} and the files of file sinks, and from the topic of detections.
 *
 * <p>Code that decides whether a detection exists does not belong here.
 */
@NullMarked
package dev.lockstep.app.detection;

import org.jspecify.annotations.NullMarked;
