/**
 * Record of what was seen of single subjects on the way of their events, for {@code explain}.
 *
 * <p>No judgement comes in here: what rules make of a subject, the engine returns.
 */
@NullMarked
package dev.lockstep.detections.explain;

import org.jspecify.annotations.NullMarked;
