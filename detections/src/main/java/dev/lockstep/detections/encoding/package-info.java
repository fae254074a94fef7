/**
 * Encodings of texts, geographic places, alerts and numbers that are the same on every machine,
 * limits on the length of texts, and hashes.
 *
 * <p>No fact, message or rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.encoding;

import org.jspecify.annotations.NullMarked;
