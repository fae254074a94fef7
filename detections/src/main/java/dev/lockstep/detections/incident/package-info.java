/**
 * Incidents, which are findings about one principal or one client address that lie close together
 * in time. A finding of a built-in rule, or of a rule from a jar, is in the group of its principal.
 * If it has no principal, it is in the group of the client address that it is about. A finding
 * without both is in no group, and neither is a finding of a Sigma rule.
 *
 * <p>Nothing of Kafka and nothing of a single rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.incident;

import org.jspecify.annotations.NullMarked;
