/**
 * Detections as files hold them, one a line: the output of {@code replay}, the rows of {@code demo}
 * and of file sinks.
 *
 * <p>No code that decides anything about a detection may come in.
 */
@NullMarked
package dev.lockstep.app.detection;

import org.jspecify.annotations.NullMarked;
