/**
 * Findings with their revisions. Corroborating alerts and incidents raise a finding, and exceptions
 * hold it back.
 *
 * <p>Nothing of Kafka and of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.finding;

import org.jspecify.annotations.NullMarked;
