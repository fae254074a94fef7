/**
 * Acceptance of a detection as expected: reads detections from a file or the topic, finds the
 * narrowest exception for one of them, and tells which other detections that exception would hide.
 *
 * <p>Exceptions are not applied here; the engine does that.
 */
@NullMarked
package dev.lockstep.app.accept;

import org.jspecify.annotations.NullMarked;
