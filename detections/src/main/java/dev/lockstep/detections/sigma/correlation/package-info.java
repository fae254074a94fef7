/**
 * Sigma correlations as functions of sets of events: the members of a group, time windows with
 * their aggregates, and the earliest hit.
 *
 * <p>Code that knows rules of the engine, files or the fields of an event does not belong here.
 */
@NullMarked
package dev.lockstep.detections.sigma.correlation;

import org.jspecify.annotations.NullMarked;
