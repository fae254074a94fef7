/**
 * Findings as they stand: raised where an alert confirms them, held back where an exception covers
 * them, given out as revisions.
 *
 * <p>Nothing of Kafka and of a single rule comes in here.
 */
@NullMarked
package dev.lockstep.detections.finding;

import org.jspecify.annotations.NullMarked;
