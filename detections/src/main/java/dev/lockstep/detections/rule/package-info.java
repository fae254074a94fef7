/**
 * Rules that run, each with its settings and with the number that identifies it in state.
 *
 * <p>No built-in rule may come in here.
 */
@NullMarked
package dev.lockstep.detections.rule;

import org.jspecify.annotations.NullMarked;
