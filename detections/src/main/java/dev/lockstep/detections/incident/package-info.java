/**
 * Incidents, which are findings about one principal or one client address that lie close together
 * in time. A finding of a built-in rule or of a jar is in the group of its principal, or without
 * one in that of its client address; a finding of a Sigma rule, or about something else without a
 * principal, is in no group.
 *
 * <p>Nothing of Kafka and of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.incident;

import org.jspecify.annotations.NullMarked;
