package dev.lockstep.rules;

/**
 * Text or address that a fact keeps, and when on the fact's day it was seen.
 *
 * @param text itself
 * @param firstMinute of the UTC day, 0 to 1439
 * @param lastMinute of the UTC day, 0 to 1439
 */
public record Seen(String text, int firstMinute, int lastMinute) {}
