/**
 * Sweep of one setting of a rule over many values in one replay of a capture.
 *
 * <p>Code that knows the command line or a particular rule does not belong here.
 */
@NullMarked
package dev.lockstep.app.sweep;

import org.jspecify.annotations.NullMarked;
