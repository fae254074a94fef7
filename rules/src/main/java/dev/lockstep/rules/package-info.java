/**
 * Detection rules: what a rule observes, judges, learns and tells.
 *
 * <p>A rule holds nothing and sees no store, clock, topic or other rule. Nothing of Kafka, of a
 * source or of a sink comes in here.
 */
@NullMarked
package dev.lockstep.rules;

import org.jspecify.annotations.NullMarked;
