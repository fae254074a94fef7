/**
 * Commands about the command line itself: help, version, manual pages, and completion for shells.
 *
 * <p>The description of a {@code @Command} takes the place of its class's Javadoc. No command that
 * reads a configuration or records may come in.
 */
@NullMarked
package dev.lockstep.app.shell;

import org.jspecify.annotations.NullMarked;
