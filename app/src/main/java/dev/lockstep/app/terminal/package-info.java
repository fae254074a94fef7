/**
 * Output for people on a terminal: tables, wrapped text, one-line JSON, progress, guarded standard
 * error, and errors of one line that name the fix.
 *
 * <p>Nothing of another package of this module comes in, and no command, configuration key or Kafka
 * client.
 */
@NullMarked
package dev.lockstep.app.terminal;

import org.jspecify.annotations.NullMarked;
