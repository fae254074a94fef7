/**
 * Interface of detection rules: events, facts, cases, lessons and findings.
 *
 * <p>A rule holds no state and sees no store, clock, topic or other rule. Nothing of Kafka, of a
 * source or of a sink may come in here.
 */
@NullMarked
package dev.lockstep.rules;

import org.jspecify.annotations.NullMarked;
