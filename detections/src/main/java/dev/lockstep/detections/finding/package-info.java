/**
 * Findings with their revisions: raised by corroborating alerts, or held back by exceptions.
 *
 * <p>Nothing of Kafka and of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.finding;

import org.jspecify.annotations.NullMarked;
