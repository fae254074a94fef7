/**
 * Commands about the command line itself: help, version, manual pages, and completion for shells;
 * also messages about wrong usage, and the reading of numbers of options.
 *
 * <p>Commands that read a configuration or records do not belong here.
 */
@NullMarked
package dev.lockstep.app.shell;

import org.jspecify.annotations.NullMarked;
