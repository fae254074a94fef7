/**
 * Texts, places, alerts and numbers as bytes that are the same on every machine, with their bounds
 * and hashes.
 *
 * <p>No fact, message or rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.encoding;

import org.jspecify.annotations.NullMarked;
