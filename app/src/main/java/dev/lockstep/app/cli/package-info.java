/**
 * Commands of the command line, each in a class of its own.
 *
 * <p>Small commands below another command are nested classes. Options that several commands share
 * are in {@code option}. The work of a command is done in the package of its subject; only this
 * package, {@code option}, {@code shell} and {@code Main} use picocli.
 */
@NullMarked
package dev.lockstep.app.cli;

import org.jspecify.annotations.NullMarked;
