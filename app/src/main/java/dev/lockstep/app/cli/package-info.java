/**
 * Commands of the command line, one class a command, and the options that several commands share.
 *
 * <p>Small commands below another command are nested classes. The work of a command is done in the
 * package of its subject; only this package, {@code shell} and {@code Main} use picocli.
 */
@NullMarked
package dev.lockstep.app.cli;

import org.jspecify.annotations.NullMarked;
