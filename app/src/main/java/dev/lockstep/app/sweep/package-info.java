/**
 * Sweep of one setting of a rule over many values in one replay of a capture.
 *
 * <p>No command line may come in, and no knowledge of a particular rule.
 */
@NullMarked
package dev.lockstep.app.sweep;

import org.jspecify.annotations.NullMarked;
