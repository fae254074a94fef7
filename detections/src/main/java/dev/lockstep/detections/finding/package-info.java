/**
 * Findings as they stand: raised by corroborating alerts, held back by exceptions, given out as
 * revisions.
 *
 * <p>Nothing of Kafka and of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.finding;

import org.jspecify.annotations.NullMarked;
