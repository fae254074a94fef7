/**
 * Estate as a capture shows it: a proposal for its description, and its untidy items.
 *
 * <p>No rule and no alert is made here; what a proposal would fire is found by replay.
 */
@NullMarked
package dev.lockstep.app.estate;

import org.jspecify.annotations.NullMarked;
