/**
 * Suggestions for the networks file: statistics of addresses and prefixes in a capture, suggested
 * rows, and their trial by replay.
 *
 * <p>No networks file is written here.
 */
@NullMarked
package dev.lockstep.app.suggest;

import org.jspecify.annotations.NullMarked;
