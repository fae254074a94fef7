/**
 * Incidents: findings of one principal, or of one address, that lie close together in time.
 *
 * <p>Nothing of Kafka and of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.incident;

import org.jspecify.annotations.NullMarked;
