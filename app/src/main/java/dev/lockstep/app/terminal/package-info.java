/**
 * Output for people on a terminal: tables, wrapped text, one-line JSON, progress, filtered standard
 * error, and errors of one line that name the fix.
 *
 * <p>Code that knows another package of this module, a command, a configuration key or a Kafka
 * client does not belong here.
 */
@NullMarked
package dev.lockstep.app.terminal;

import org.jspecify.annotations.NullMarked;
