/**
 * What a capture shows of an estate: a proposal for its description, and what is untidy in it.
 *
 * <p>No rule and no alert is made here; what a proposal would fire is found by replay.
 */
@NullMarked
package dev.lockstep.app.estate;

import org.jspecify.annotations.NullMarked;
