/**
 * Commands of the command line, one class a command, and the options that several commands share.
 *
 * <p>A class {@code *Command} has no Javadoc: the description of its {@code @Command} says what it
 * does. A command with commands below it holds them as nested classes. The work of a command lies
 * in the package of its subject; only this package, {@code shell} and {@code Main} use picocli.
 */
@NullMarked
package dev.lockstep.app.cli;

import org.jspecify.annotations.NullMarked;
