/**
 * Record of what was seen of single subjects as their events passed, for {@code lockstep explain}.
 *
 * <p>No judgement may come in here; the engine returns what rules decide about a subject.
 */
@NullMarked
package dev.lockstep.detections.explain;

import org.jspecify.annotations.NullMarked;
