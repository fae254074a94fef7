/**
 * Commands about the command line itself: help, version, manual pages, and completion for shells.
 *
 * <p>The description of {@code @Command} takes the place of Javadoc. Commands that read a
 * configuration or records do not belong here.
 */
@NullMarked
package dev.lockstep.app.shell;

import org.jspecify.annotations.NullMarked;
