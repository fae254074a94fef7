/**
 * Output for people on a terminal: tables, wrapped text, one-line JSON, progress, filtered standard
 * error, and errors of one line that name the fix.
 *
 * <p>Nothing of another package of this module may come in, and no command, configuration key or
 * Kafka client.
 */
@NullMarked
package dev.lockstep.app.terminal;

import org.jspecify.annotations.NullMarked;
