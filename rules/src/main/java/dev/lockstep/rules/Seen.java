package dev.lockstep.rules;

/**
 * Text or address that a fact keeps, with the first and the last minute of its events.
 *
 * @param text text or address
 * @param firstMinute first minute with an event, counted from the start of the UTC day, 0 to 1439
 * @param lastMinute last minute with an event, counted from the start of the UTC day, 0 to 1439
 */
public record Seen(String text, int firstMinute, int lastMinute) {}
