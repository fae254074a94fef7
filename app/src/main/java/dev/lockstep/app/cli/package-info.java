/**
 * Commands of the command line, one class a command, and the options that several commands share.
 *
 * <p>The work of a command lies in the package of its subject; only this package and Main use
 * picocli.
 */
@NullMarked
package dev.lockstep.app.cli;

import org.jspecify.annotations.NullMarked;
