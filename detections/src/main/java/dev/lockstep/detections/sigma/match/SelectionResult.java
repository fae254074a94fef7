package dev.lockstep.detections.sigma.match;

import dev.lockstep.rules.RawField;

/**
 * Result of one selection on an event.
 *
 * @param name name of the selection
 * @param verdict result
 * @param test comparison that decided, for people
 * @param field field that the comparison read
 */
public record SelectionResult(String name, Verdict verdict, String test, RawField field) {}
