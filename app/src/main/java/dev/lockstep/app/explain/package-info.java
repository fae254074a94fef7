/**
 * Explanations of why findings of a subject fired or were suppressed, why findings are one
 * incident, and why findings of an earlier run are gone. The first two are written as text and as
 * JSON.
 *
 * <p>Nothing is judged here: explanations show what the engine reports.
 */
@NullMarked
package dev.lockstep.app.explain;

import org.jspecify.annotations.NullMarked;
