/**
 * Events of watched subjects and what each rule made of them, as {@code lockstep explain} shows
 * them.
 *
 * <p>No judgement may come in here; the engine returns what rules decide about a subject.
 */
@NullMarked
package dev.lockstep.detections.explain;

import org.jspecify.annotations.NullMarked;
