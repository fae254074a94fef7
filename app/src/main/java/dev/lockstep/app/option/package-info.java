/**
 * Options and parameters that several commands share, with the checks of their values.
 *
 * <p>An option of a single command is declared in the command's class. Nothing here knows a
 * command.
 */
@NullMarked
package dev.lockstep.app.option;

import org.jspecify.annotations.NullMarked;
